import { html, nothing } from "lit";
import type { Once } from "../api/people";
import { people } from "../i18n/accounts";
import { copyText } from "../ui/copy";
import { PageElement } from "../ui/element";
import { minuteOf } from "../ui/format";

/** A one-time link, shown once: with what to do with it, and a way to copy it. */
class OnceLink extends PageElement {
  static override properties = { once: { attribute: false }, account: {}, roleless: {} };
  declare once: Once;
  declare account: string;
  /** Whether the account still waits for its role. */
  declare roleless: boolean;
  #copied: "no" | "yes" | "failed" = "no";

  protected pick() {
    return [];
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>("h3")?.focus();
  }

  protected override render() {
    const id = "once-link";
    return html`<div class="once-link" role="group" aria-labelledby="${id}-h"><h3 class="data" id="${id}-h" tabindex="-1">${people("linkFor", { name: this.account })}</h3>
      <p><b>${people("linkLead", { time: minuteOf(this.once.expires) })}</b></p>
      <div class="line"><label class="unseen" for=${id}>${people("linkField")}</label><input class="inp mono" id=${id} readonly .value=${this.once.link} @focus=${(e: Event) => (e.target as HTMLInputElement).select()} /><button type="button" class="btn pri" @click=${() => void this.#copy()}>${people("copy")}</button></div>
      <p class="sm" role="status">${this.#copied === "no" ? "" : people(this.#copied === "yes" ? "copied" : "copyFailed")}</p>
      <p class="mut">${people(this.state.me?.demo ? "linkDoDemo" : "linkDo")}</p>${this.roleless ? html`<p class="mut">${people("linkRole")}</p>` : nothing}
      <div class="end"><button type="button" class="btn" @click=${() => this.dispatchEvent(new CustomEvent("done"))}>${people("linkDone")}</button></div></div>`;
  }

  async #copy(): Promise<void> {
    this.#copied = (await copyText(this.once.link)) ? "yes" : "failed";
    this.requestUpdate();
  }
}
customElements.define("zb-once-link", OnceLink);

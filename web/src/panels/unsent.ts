import { html, nothing } from "lit";
import { say } from "../i18n/record";
import { app, type State } from "../state/app";
import { drafts } from "../state/drafts";
import { followHistory } from "../state/navigate";
import { unsent, type Write } from "../state/unsent";
import { PageElement } from "../ui/element";
import "./desk";
import { factName } from "./facts";
import { moved } from "./send";

const patience = 30_000; // between two tries while something waits
const thanks = 6_000; // for which it says that all has arrived

/** What was not answered: it waits here, is sent again by itself, and is never written twice. */
class UnsentBar extends PageElement {
  #sent = 0;
  #stops: (() => void)[] = [];

  protected pick(s: Readonly<State>) {
    return [s.awaySince];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const again = () => void this.#again(false);
    const other = () => this.requestUpdate(); // another tab has sent or kept something
    window.addEventListener("online", again);
    window.addEventListener("storage", other);
    const timer = setInterval(again, patience);
    this.#stops = [
      unsent.watch(() => this.requestUpdate()),
      app.watch(
        (s) => [s.awaySince === null],
        () => app.state.awaySince === null && again(),
      ),
      app.watch((s) => [s.detail?.id, s.detail?.collection], editing),
      () => window.removeEventListener("online", again),
      () => window.removeEventListener("storage", other),
      () => clearInterval(timer),
    ];
    again();
    editing();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stops) stop();
  }

  protected override render() {
    const waiting = unsent.list();
    document.body.classList.toggle("unsent", waiting.length > 0 || this.#sent > 0);
    return html`<div class=${waiting.length > 0 || this.#sent > 0 ? "waits" : ""} role="status">${
      waiting.length === 0
        ? this.#sent > 0
          ? html`<p>${say("sent", { n: this.#sent })}</p>`
          : nothing
        : html`<p class="hd"><b>${say("unsent", { n: waiting.length })}</b><span class="grow"></span><button class="btn" @click=${() => void this.#again(true)}>${say("again")}</button></p>
      ${unsent.volatile ? html`<p class="bad">${say("unstored")}</p>` : nothing}
      <ul>${waiting.map((write) => {
        const { key, refused, draft } = write;
        const name = nameOf(write);
        return html`<li><span>${name}${refused ? html`<small class="bad data">${refused}</small>` : nothing}</span>${
          refused && draft
            ? html`<button class="lk" aria-label=${say("goOnOf", { what: name })} @click=${() => goOn(write, draft)}>${say("goOn")}</button>`
            : nothing
        }<button class="lk" aria-label=${say("discardOf", { what: name })} @click=${() => unsent.discard(key)}>${say("discard")}</button></li>`;
      })}</ul>`
    }</div>`;
  }

  async #again(all: boolean): Promise<void> {
    const n = await unsent.again(all);
    if (n === 0) return;
    this.#sent += n;
    this.requestUpdate();
    moved();
    setTimeout(() => {
      this.#sent = 0;
      this.requestUpdate();
    }, thanks);
  }
}
customElements.define("zb-unsent", UnsentBar);

/** editing opens the forms of a feature for which something is typed already. */
function editing(): void {
  const { detail } = app.state;
  if (!detail) return;
  const of = `${detail.collection}:${detail.id}`;
  app.set({ editing: [of, `boundary:${of}`, `boundary:plots:new:${detail.id}`].some((name) => drafts.has(name)) });
}

/** nameOf says what a write does, to what, and of which day. */
function nameOf({ path, what: { act, kind = "", subject, day = "" } }: Write): string {
  const does = act ? say(`act.${act}`) : `${path.endsWith("/void") ? `${say("void")} ` : ""}${factName(kind)}`;
  return [does, subject, day].filter(Boolean).join(" ");
}

/** goOn opens again the form that was refused, with all that it held. */
function goOn({ key, fleeting }: Write, { of, where, held }: NonNullable<Write["draft"]>): void {
  drafts.keep(of, held, fleeting ? null : held);
  unsent.discard(key);
  history.pushState(null, "", where + location.hash);
  app.set({ folded: false });
  void followHistory();
  moved();
}

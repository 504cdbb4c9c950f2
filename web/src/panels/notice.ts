import { html, nothing } from "lit";
import { sentenceGap, t } from "../i18n";
import { app, type Note, type Notice, type State } from "../state/app";
import { PageElement } from "../ui/element";
import { icon } from "../ui/icons";

const noteLife = 12_000;

/** What the page could not do and why, in full; it goes by itself, or when it is closed. */
class NoticeBox extends PageElement {
  #noted: Note | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected pick(s: Readonly<State>) {
    return [s.note];
  }

  protected override willUpdate(): void {
    const { note } = this.state;
    if (note === this.#noted) return;
    this.#noted = note;
    clearTimeout(this.#timer);
    if (note) this.#timer = setTimeout(() => app.state.note === note && app.set({ note: null }), noteLife);
  }

  protected override render() {
    const { note } = this.state;
    const text = note && note.kind !== "back" && note.kind !== "changed" ? textOf(note) : "";
    const close = () => app.set({ note: null });
    return html`<div role="status">${
      text
        ? html`<p class="notice"><span>${text}</span><button class="ib" aria-label=${t("close")} title=${t("close")} @click=${close}>${icon("close")}</button></p>`
        : nothing
    }</div>`;
  }
}
customElements.define("zb-notice", NoticeBox);

function textOf(note: Notice): string {
  if (note.kind === "dateFailed") return t("date.failed");
  if (note.kind === "refused") return note.detail;
  return note.what.map(({ key, value }) => t(key, { value })).join(sentenceGap());
}

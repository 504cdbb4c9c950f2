import { html, nothing } from "lit";
import { listJoin, pick, t } from "../i18n";
import type { Note, Notice, State } from "../state/app";
import { find } from "../state/select";
import { PageElement } from "../ui/element";
import { clockTime } from "../ui/format";

/** One quiet line: that the server is away and of when the figures are, or what just changed. */
class Word extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.awaySince, s.awaySince && s.asOf, s.note, s.phone, s.items];
  }

  protected override render() {
    const { awaySince, asOf, note, phone } = this.state;
    let text = "";
    if (!awaySince) text = note?.kind === "back" || note?.kind === "changed" ? noteText(note, this.state) : "";
    else
      text = t(phone ? "status.awayShort" : "status.away", {
        since: clockTime(awaySince),
        as: clockTime(asOf ?? awaySince),
      });
    return html`<span class=${awaySince ? "word away" : "word"} role="status" title=${text}>${awaySince ? html`<i class="dot"></i>` : nothing}${text}</span>`;
  }
}
customElements.define("zb-word", Word);

function noteText(note: Exclude<Note, Notice>, state: Readonly<State>): string {
  const at = clockTime(note.at);
  if (note.kind === "back") return t("status.back", { at });
  const names = note.what.map((ref) => {
    const p = find(state, ref)?.properties;
    return p ? pick(p.name, p.name_en) : ref.id;
  });
  return names.length > 2
    ? t("status.changedMany", { at, n: names.length })
    : t("status.changed", { at, what: listJoin(names) });
}

import { html, nothing } from "lit";
import { t } from "../i18n";
import type { State } from "../state/app";
import { setClocks } from "../state/navigate";
import { day } from "../state/select";
import { minuteOf } from "../ui/format";

/** noPlots says calmly that this database has nothing to count yet, what comes first, and where to see the work. */
export function noPlots() {
  const commands: Record<string, string> = { run: "make run", demo: "zhengbei serve --demo" };
  const parts = t("empty.plotsNext").split(/\{(\w+)\}/);
  return html`<section class="sec calm"><p><b>${t("empty.plots")}</b></p><p>${parts.map((part, i) => (i % 2 ? html`<code class="mono">${commands[part]}</code>` : part))}</p></section>`;
}

/** notYet says why there is no outline at all on the day that is shown, and the way to one. */
export function notYet(state: Readonly<State>) {
  const { round, known, items } = state;
  if (items.parcels?.length !== 0) return nothing;
  const at = day(state);
  if (round && at && at < round.starts_on)
    return html`<section class="sec calm"><p>${t("empty.before", { at, start: round.starts_on })}</p>
      <button class="btn" @click=${() => void setClocks(round.starts_on, known)}>${t("empty.toStart", { start: round.starts_on })}</button></section>`;
  if (known)
    return html`<section class="sec calm"><p>${t(Date.parse(known) > Date.now() ? "empty.knownFuture" : "empty.known", { known: minuteOf(known) })}</p>
      <button class="btn" @click=${() => void setClocks(state.at, null)}>${t("empty.toNow")}</button></section>`;
  return html`<section class="sec calm"><p>${t("empty.nothing")}</p></section>`;
}

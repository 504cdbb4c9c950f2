import { html } from "lit";
import { t } from "../i18n";
import { plusDays, weekday } from "../ui/format";
import { icon } from "../ui/icons";

interface Calendar {
  month: string;
  chosen: string;
  today: string;
  turn(month: string): void;
  choose(day: string): void;
}

/** daysOf lists the days of the weeks that a month touches, Monday first. */
export function daysOf(month: string): string[] {
  const first = `${month}-01`;
  const start = plusDays(first, -((weekday(first) + 6) % 7));
  const next = shift(month, 1);
  const days: string[] = [];
  for (let d = start; d < `${next}-01` || days.length % 7 !== 0; d = plusDays(d, 1)) days.push(d);
  return days;
}

export function shift(month: string, by: number): string {
  const [y = 0, m = 1] = month.split("-").map(Number);
  const index = y * 12 + m - 1 + by;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
}

const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** calendar is a month of buttons; arrows walk by days and weeks, and into the months beside it. */
export function calendar({ month, chosen, today, turn, choose }: Calendar) {
  const walk = (e: KeyboardEvent) => {
    const step = steps[e.key];
    const from = (e.target as HTMLElement).dataset.day;
    if (!step || !from) return;
    e.preventDefault();
    const to = plusDays(from, step);
    if (to > today) return;
    const root = (e.currentTarget as HTMLElement).closest("form");
    const focus = () => root?.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus();
    if (to.startsWith(month)) return focus();
    turn(to.slice(0, 7));
    requestAnimationFrame(focus); // the other month is rendered first
  };
  const [y = "", m = ""] = month.split("-");
  return html`<div class="cal">
    <div class="cal-head">
      <button type="button" class="ib" aria-label=${t("date.monthBack")} @click=${() => turn(shift(month, -1))}>${icon("back")}</button>
      <b aria-live="polite">${t("date.month", { y, m })}</b>
      <button type="button" class="ib" aria-label=${t("date.monthForward")} ?disabled=${shift(month, 1) > today.slice(0, 7)} @click=${() => turn(shift(month, 1))}>
        ${icon("forward")}
      </button>
    </div>
    <div class="cal-days" @keydown=${walk}>
      ${[1, 2, 3, 4, 5, 6, 0].map((d) => html`<span aria-hidden="true">${t(`weekday.${d as 0}`).slice(-1 * (t("weekday.0").length > 2 ? 3 : 1))}</span>`)}
      ${daysOf(month).map(
        (d) =>
          html`<button type="button" data-day=${d} aria-label=${`${Number(d.slice(8))} · ${d}`} class=${d.startsWith(month) ? "" : "other"} aria-current=${d === chosen ? "date" : "false"} ?disabled=${d > today} @click=${() => choose(d)}>${Number(d.slice(8))}</button>`,
      )}
    </div>
  </div>`;
}

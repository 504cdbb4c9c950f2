import { html } from "lit";
import { t } from "../i18n";
import { app, type SheetHeight } from "../state/app";
import { icon } from "../ui/icons";

const heights: readonly SheetHeight[] = ["low", "mid", "high"];

const step = (from: SheetHeight, by: number): SheetHeight =>
  heights[Math.max(0, Math.min(2, heights.indexOf(from) + by))] ?? from;

/** sheetButtons set the height a step lower or higher. */
export function sheetButtons(height: SheetHeight) {
  const button = (name: "down" | "up", to: SheetHeight, end: SheetHeight) =>
    html`<button class="ib" aria-label=${t("sheet.handle", { height: t(`sheet.${to}`) })} ?disabled=${height === end} @click=${() => app.set({ sheet: to })}>${icon(name)}</button>`;
  return html`${button("down", step(height, -1), "low")}${button("up", step(height, 1), "high")}`;
}

/** sheetHandle is the grip of the phone's sheet: drag it, or use the arrow keys on it. */
export function sheetHandle(height: SheetHeight) {
  const set = (sheet: SheetHeight) => app.set({ sheet });
  const keys = (e: KeyboardEvent) => {
    if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
    e.preventDefault();
    set(step(height, e.key === "ArrowUp" ? 1 : -1));
  };
  let from: number | null = null;
  const down = (e: PointerEvent) => {
    from = e.clientY;
    (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
  };
  const up = (e: PointerEvent) => {
    if (from === null) return;
    const moved = from - e.clientY;
    from = null;
    if (Math.abs(moved) < 12) return; // a tap is a click
    const far = Math.abs(moved) > window.innerHeight * 0.45 ? 2 : 1;
    set(step(height, moved > 0 ? far : -far));
  };
  return html`<div class="grip">
    <button class="grab" aria-label=${t("sheet.handle", { height: t(`sheet.${height}`) })} @keydown=${keys} @pointerdown=${down} @pointerup=${up}
      @click=${(e: MouseEvent) => {
        if (e.detail === 0) set(height === "high" ? "low" : step(height, 1)); // by Enter, Space or a reader
      }}></button>
  </div>`;
}

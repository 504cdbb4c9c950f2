import { html, nothing, svg } from "lit";
import type { Figures } from "../api/types";
import { t } from "../i18n";
import type { Shown } from "../state/app";
import { amountOf, type Group, groups, order, type Tile, tileGroups, tiles } from "../state/figures";
import { mu, number } from "../ui/format";
import { icon } from "../ui/icons";

export type Formula = Tile | "toTarget" | "gap" | "rates";

const ha = (hundredths: number): string => number(hundredths / 100, 2);

/** tilesOf shows the four figures that add up to expected, the bar up to the target, and the formula that is open. */
export function tilesOf({ progress, printed }: Shown, open: Formula | null, flip: (f: Formula) => void) {
  const { figures } = progress.round;
  const ask = (f: Formula, name: string) =>
    html`<button class="ask-i" aria-expanded=${open === f} aria-controls="formula" aria-label=${t("formula.of", { name })} title=${t("formula.of", { name })} @click=${() => flip(f)}>${icon("info", true)}</button>`;
  return html`<section class="sec figs">
    <dl class="tiles four">${tiles.map(
      (
        tile,
      ) => html`<div class=${open === tile ? "tile open" : "tile"}><dt class="k"><i class=${`sq ${tile}`}></i>${t(`tile.${tile}`)}${ask(tile, t(`tile.${tile}`))}</dt>
        <dd class="v">${ha(printed.tiles[tile])}</dd></div>`,
    )}</dl>
    ${bar(printed)}
    ${
      printed.target === null
        ? nothing
        : html`<p class="beyond"><span class="nw">${t("tile.toTarget")} <b>${ha(printed.toTarget ?? 0)}</b>${ask("toTarget", t("tile.toTarget"))}</span>${
            printed.gap === null
              ? nothing
              : html`<span class="nw">${t("tile.gap")} <b>${ha(printed.gap)}</b>${ask("gap", t("tile.gap"))}</span>`
          }</p>`
    }
    <div id="formula" role="status">${open && open !== "rates" ? html`<p class="formula">${formula(open, figures, printed)}</p>` : nothing}</div>
  </section>`;
}

/** bar is the four figures side by side, of the target or, where it is less, of expected. */
function bar({ tiles: of, target, round }: Shown["printed"]) {
  const most = Math.max(target ?? 0, round.expected ?? 0, 1);
  const width = (v: number) => (368 * v) / most;
  let x = 0;
  const said = tiles.map((tile) => `${t(`tile.${tile}`)} ${ha(of[tile])}`);
  const rects = tiles.map((tile) => {
    const rect = svg`<rect class=${`seg ${tile}`} x=${x} width=${width(of[tile])} height="8"></rect>`;
    x += width(of[tile]);
    return rect;
  });
  return html`<svg class="tb5" viewBox="0 0 368 8" preserveAspectRatio="none" width="100%" height="8" role="img" aria-label=${`${said.join(t("list.comma"))}${target === null ? "" : `${t("list.comma")}${t("top.target")} ${ha(target)}`}`}>
    <rect class="trk" width="368" height="8"></rect>${rects}${
      target === null || (round.expected ?? 0) <= target
        ? nothing
        : svg`<path class="mark" d=${`M${width(target)} 0V8`}></path>`
    }</svg>`;
}

function formula(which: Exclude<Formula, "rates">, figures: Figures, { tiles: of, target, round }: Shown["printed"]) {
  if (which === "toTarget") return t("formula.toTarget", { target: ha(target ?? 0), released: ha(of.released) });
  if (which === "gap") return t("formula.gap", { target: ha(target ?? 0), expected: ha(round.expected ?? 0) });
  const amounts = tileGroups[which].map((g) => amountOf(figures, g));
  const m2 = amounts.reduce((sum, a) => sum + a.m2, 0);
  const plots = amounts.reduce((sum, a) => sum + a.plots, 0);
  const parts =
    tileGroups[which].length > 1 ? tileGroups[which].map((g) => `${t(`stage.${g}`)} ${ha(round.cells[g])}`) : [];
  return html`<b>${t(`tile.${which}`)}</b>${t(`formula.${which}`)}${t("formula.of2", { n: number(plots), mu: number(mu(m2), 2) })}${parts.length > 0 ? t("formula.parts", { parts: parts.join(t("list.comma")) }) : nothing}`;
}

/** stageBar shows how land is shared among the groups. */
export function stageBar(amounts: Readonly<Record<Group, number>>, width: number, height: number, label: string) {
  const total = groups.reduce((sum, g) => sum + amounts[g], 0) || 1;
  let x = 0;
  return html`<svg class="stb" viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" width="100%" height=${height} role="img" aria-label=${label}>${order.map(
    (g) => {
      const w = (width * amounts[g]) / total;
      const rect = svg`<rect class=${`g-${g}`} x=${x} width=${w} height=${height}></rect>`;
      x += w;
      return rect;
    },
  )}</svg>`;
}

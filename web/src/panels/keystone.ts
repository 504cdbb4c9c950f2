import { html } from "lit";
import { fetchItem } from "../api/features";
import type { BBox, Keystone } from "../api/types";
import { listJoin } from "../i18n";
import { keyed } from "../i18n/signing";
import { app } from "../state/app";
import { failed } from "../state/load";
import { goTo } from "../state/navigate";
import { numberOf } from "../ui/codes";
import { number, signed } from "../ui/format";

const mostLit = 30;
let turn = 0;

/** light shows the plots of a keystone on the map and goes there. */
export async function light(k: Keystone): Promise<void> {
  const mine = ++turn;
  const { at, known } = app.state;
  goTo(k.box as BBox);
  try {
    const lit = await Promise.all(k.plots.slice(0, mostLit).map((p) => fetchItem("plots", p, { at, known })));
    if (mine === turn) app.set({ lit });
  } catch (cause) {
    failed(cause);
  }
}

/** unlight drops what is lit, and what is still on its way. */
export function unlight(): void {
  turn++;
  app.set({ lit: [] });
}

export const plotsOf = (k: Keystone): string => listJoin(k.plots.map(numberOf));

/** keystoneRow is a keystone in one line, as the panel of a parcel shows its first few. */
export function keystoneRow(k: Keystone) {
  const missing = k.missing > 1 ? [keyed("missing", { n: k.missing })] : [];
  const what = [keyed("plot", { list: plotsOf(k) }), ...missing].join("\u00a0· ");
  return html`<li><button class="key" title=${k.why} @click=${() => void light(k)}><i class="rank">${k.rank}</i><span class="data" lang="zh-CN">${k.name}</span>
    <span class="mut what">${what}</span><span class="grow"></span><span class="num">${number(k.clears_m2 / 10_000, 2)}</span><b class="num">${signed(k.gain_m2 / 10_000, 2)}</b></button></li>`;
}

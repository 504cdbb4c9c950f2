import { html, nothing, type TemplateResult } from "lit";
import { fetchProgress } from "../api/figures";
import type { Figures, Progress, UseClass } from "../api/types";
import { listJoin, pick, t } from "../i18n";
import type { Grouping } from "../state/address";
import type { Shown, State } from "../state/app";
import {
  amountOf,
  type Grouping as Coded,
  groups,
  hasPlots,
  type PrintedRow,
  tableRows,
  totalOf,
  useRows,
  weeksOf,
} from "../state/figures";
import { openView } from "../state/navigate";
import { PageElement } from "../ui/element";
import { minuteOf, number, signed, weekday } from "../ui/format";
import { icon, stageSign, swatch } from "../ui/icons";
import { nameTagOf } from "../ui/tag";
import { noPlots, notYet } from "./empty";
import { featureLink } from "./link";
import { delta, flag, rate, rateNames } from "./progress-table";
import { Source } from "./source";

const uses: readonly UseClass[] = ["industrial", "residential_potential", "livelihood", "other"];
const by: readonly Grouping[] = ["parcels", "command_posts", "zones"];
const stages = groups.filter((g) => g !== "retained" && g !== "kept");
const others = ["retained", "kept"] as const;

interface Line extends Coded {
  name: TemplateResult | string;
  note: string;
}

/** 打表推进 in full width: rows by parcel, command post or zone; all stages with hectares and counts; uses below each parcel. */
class ProgressTable extends PageElement {
  readonly #uses = new Source<readonly Progress[]>(this);
  #folded = new Set<string>();

  protected pick(s: Readonly<State>) {
    return [s.route, s.figures, s.items.parcels, s.at, s.known, s.revision, s.phone];
  }

  protected override willUpdate(): void {
    const { route, at, known, revision, figures } = this.state;
    if (route.name !== "table" || route.by !== "parcels" || !figures) return;
    const clocks = { at, known };
    this.#uses.ask("", [at, known, revision].join("|"), async () => {
      const answers: Progress[] = [];
      for (const use of uses) answers.push(await fetchProgress(clocks, use)); // one after the other: four at once would keep others waiting
      return answers;
    });
  }

  protected override render() {
    const { route, figures, round } = this.state;
    if (route.name !== "table") return nothing;
    if (!figures || !hasPlots(figures.progress.round.figures))
      return figures
        ? html`${noPlots()}<section class="sec"><button class="btn" @click=${back}>${t("table.back")}</button></section>`
        : notYet(this.state);
    const { at } = figures.progress;
    const known = this.state.known ? t("table.knownOn", { known: minuteOf(this.state.known) }) : t("table.knownNow");
    return html`<div class="ft">
      <div class="ft-head"><h2 class="name">${t("table.title")}</h2><span class="mut sm">${t("table.caption", { at, weekday: t(`weekday.${weekday(at) as 0}`), known })}</span><span class="grow"></span>
        <div class="segs" role="group" aria-label=${t("table.by")}>${by.map((g) => html`<button class=${route.by === g ? "on" : ""} aria-pressed=${route.by === g} @click=${() => openView({ name: "table", by: g })}>${t(`table.${g}`)}</button>`)}</div>
        <button class="btn" @click=${back}>${icon("map")}${t("table.back")}</button></div>
      <div class="ft-body" tabindex="0" role="region" aria-label=${t("table.title")}>${this.#table(route.by, figures)}</div>
      <p class="ft-foot">${round?.demo ? html`<span class="tag">${t("ribbon.demo")}</span>` : nothing}<span>${t("table.note")}${route.by === "zones" ? ` ${t("table.zonesNote")}` : nothing}</span><span class="grow"></span><b>${t("status.schematic")}</b></p>
    </div>`;
  }

  #table(group: Grouping, { progress, printed }: Shown) {
    const lines = linesOf(group, progress);
    const total = group === "zones" ? totalOf(lines) : printed.round;
    const rows = group === "parcels" ? printed.rows : tableRows(lines, total);
    const weeks = weeksOf(lines, group === "zones" ? null : progress.round.figures);
    const first = { parcels: "table.rowParcels", command_posts: "table.rowPosts", zones: "table.rowZones" } as const;
    return html`<table class="big"><thead>
      <tr><th rowspan="2" class="l">${t(first[group])}</th><th rowspan="2" class="l second">${group === "zones" ? "" : t(group === "parcels" ? "table.post" : "table.runs")}</th><th rowspan="2" class="num">${t("table.expected")}<br />${t("unit.ha")}</th>
        ${stages.map((g) => html`<th colspan="2" class="grp"><span>${swatch(stageSign(g))}${t(`stage.${g}`)}</span></th>`)}
        ${others.map((g) => html`<th rowspan="2" class="num grp2"><span>${swatch(stageSign(g))}${t(`stage.${g}`)}</span>${t("unit.ha")}</th>`)}
        <th rowspan="2" class="num tt">${t("table.total")}<br />${t("unit.ha")}</th><th colspan="4" class="grp">${t("table.rates")}</th><th colspan="2" class="grp">${t("table.week")}</th><th rowspan="2" class="num">${t("table.largest")}</th><th rowspan="2">${t("table.flag")}</th></tr>
      <tr>${stages.map(() => html`<th class="num gl">${t("unit.ha")}</th><th class="num">${t("unit.plots")}</th>`)}${rateNames.map((n, i) => html`<th class=${i === 0 ? "num gl" : "num"} title=${t(`rate.${n}Long`)}>${t(`rate.${n}`)}</th>`)}<th class="num gl">${t("table.weekReleased")}</th><th class="num">${t("table.weekSigned")}</th></tr></thead>
      ${lines.map((line) => {
        const row = rows.get(line.code);
        return row ? html`<tbody>${this.#line(group, line, row, weeks.parts.get(line.code) ?? 0)}</tbody>` : nothing;
      })}
      <tfoot>${
        group === "zones"
          ? html`<tr class="tot"><td class="l">${t("overview.total")}</td><td class="l second"></td>${cells(total, null, lines)}${lines[0] ? measures(summed(lines, lines[0].figures), weeks.total) : html`<td colspan="8"></td>`}</tr>`
          : html`<tr class="tot"><td class="l">${t("overview.total")}</td><td class="l second">${t("table.posts", { n: progress.command_posts.length })}</td>${cells(total, progress.round.figures, lines)}${measures(progress.round.figures, weeks.total)}</tr>`
      }</tfoot></table>`;
  }

  #line(group: Grouping, line: Line, row: PrintedRow, week: number) {
    const foldable = group === "parcels";
    const open = foldable && !this.#folded.has(line.code);
    const answers = this.#uses.value;
    const below = open && answers ? this.#usesOf(line.code, answers, row) : nothing;
    const flip = () => {
      if (open) this.#folded.add(line.code);
      else this.#folded.delete(line.code);
      this.requestUpdate();
    };
    const name = line.note;
    return html`<tr class="main" data-code=${line.code}><td class="l">${
      foldable
        ? html`<button class="ib fold" aria-expanded=${open} aria-label=${t(open ? "table.fold" : "table.unfold", { name })} @click=${flip}>${icon(open ? "down" : "forward", true)}</button>`
        : nothing
    }${line.name}</td><td class="l second">${this.#second(group, line)}</td>${cells(row, line.figures, [])}${measures(line.figures, week)}</tr>${below}`;
  }

  #second(group: Grouping, line: Line): string {
    const progress = this.state.figures?.progress;
    if (group === "parcels") {
      const post = progress?.parcels.find((p) => p.code === line.code)?.command_post;
      return post ? pick(post.name, post.name_en) : "";
    }
    if (group === "zones") return "";
    const codes = progress?.command_posts.find((p) => p.code === line.code)?.parcels ?? [];
    return listJoin(
      codes.map((code) => {
        const p = progress?.parcels.find((x) => x.code === code);
        return p ? pick(p.name, p.name_en) : code;
      }),
    );
  }

  #usesOf(code: string, answers: readonly Progress[], row: PrintedRow) {
    const parts = answers.flatMap((a, i) => {
      const p = a.parcels.find((x) => x.code === code);
      return p ? [{ code: uses[i] as UseClass, figures: p.figures }] : [];
    });
    const rows = useRows(parts, row);
    return parts.map((part) => {
      const r = rows.get(part.code);
      return r
        ? html`<tr class="use"><td class="l">${t(`use.${part.code}`)}</td><td class="l second"></td>${cells(r, part.figures, [])}${measures(part.figures, null)}</tr>`
        : nothing;
    });
  }
}
customElements.define("zb-table", ProgressTable);

const back = () => openView({ name: "overview" });

function linesOf(group: Grouping, progress: Progress): Line[] {
  if (group === "parcels")
    return progress.parcels.map((p) => ({
      code: p.code,
      figures: p.figures,
      note: pick(p.name, p.name_en),
      name: html`${featureLink({ collection: "parcels", id: p.code }, pick(p.name, p.name_en))} ${nameTagOf(p.name_status)}`,
    }));
  if (group === "zones")
    return progress.zones.map((z) => ({
      code: z.code,
      figures: z.figures,
      note: pick(z.name, z.name_en),
      name: html`${featureLink({ collection: "zones", id: z.code }, pick(z.name, z.name_en))}`,
    }));
  return progress.command_posts.map((p) => ({
    code: p.code,
    figures: p.figures,
    note: pick(p.name, p.name_en),
    name: pick(p.name, p.name_en),
  }));
}

const ha = (v: number | null): string => (v === null ? t("none") : number(v / 100, 2));
const orNone = (v: number, plots: number): string => (v === 0 && plots === 0 ? t("none") : ha(v));

/** cells are the hectares and counts of a row; the counts of a total without figures of its own are added up. */
function cells(row: PrintedRow, f: Figures | null, parts: readonly Line[]) {
  const plots = (g: (typeof groups)[number]): number =>
    f ? amountOf(f, g).plots : parts.reduce((sum, p) => sum + amountOf(p.figures, g).plots, 0);
  return html`<td class="num">${ha(row.expected)}</td>${stages.map((g) => {
    const n = plots(g);
    return html`<td class=${`num gl c-${g}`}>${orNone(row.cells[g], n)}</td><td class="num n">${n === 0 ? t("none") : number(n)}</td>`;
  })}${others.map((g) => html`<td class="num gl">${orNone(row.cells[g], plots(g))}</td>`)}<td class="num tt">${row.expected === null && row.scope === 0 ? t("none") : ha(row.scope)}</td>`;
}

/** summed is the total of rows that are no part of the round's own sum: what adds up is added as printed, of blocks the largest counts. */
function summed(lines: readonly Line[], like: Figures): Figures {
  const all = lines.map((l) => l.figures);
  const add = (of: (f: Figures) => number): number => all.reduce((sum, f) => sum + of(f), 0);
  const rated = (signed: number, total: number) => ({ rate: total === 0 ? null : signed / total });
  const land = (name: "floor_area" | "land" | "clearable_land") => {
    const [signed_m2, total_m2] = [add((f) => f.signing[name].signed_m2), add((f) => f.signing[name].total_m2)];
    return { signed_m2, total_m2, ...rated(signed_m2, total_m2) };
  };
  const [households, of] = [add((f) => f.signing.households.signed), add((f) => f.signing.households.total)];
  return {
    ...like,
    signing: {
      households: { signed: households, total: of, ...rated(households, of) },
      floor_area: land("floor_area"),
      land: land("land"),
      clearable_land: land("clearable_land"),
    },
    delta_week_households: add((f) => f.delta_week_households),
    largest_block_ha: Math.max(0, ...all.map((f) => f.largest_block_ha)),
    flag: null,
  };
}

/** measures are what follows the land of a row; the week is printed in hundredths, and of a main row only. */
function measures(f: Figures, week: number | null) {
  return html`${rateNames.map(
    (name, i) =>
      html`<td class=${i === 0 ? "num gl" : "num"}>${week !== null ? rate(f, name, 1) : f.signing[name].rate === null ? t("none") : number((f.signing[name].rate ?? 0) * 100, 1)}</td>`,
  )}${
    week !== null
      ? html`<td class="num gl">${delta(week / 100)}</td><td class="num">${f.delta_week_households === 0 ? t("none") : signed(f.delta_week_households)}</td><td class="num">${f.largest_block_ha === 0 ? t("none") : number(f.largest_block_ha, 2)}</td><td class="fl">${flag(f)}</td>`
      : html`<td class="gl"></td><td></td><td></td><td></td>`
  }`;
}

import { html, nothing } from "lit";
import { itemPath } from "../api/features";
import type { LandFeature } from "../api/types";
import { boxOf, contains } from "../geo/shape";
import { hasMessage, pick, t } from "../i18n";
import { app, type Detail, type State } from "../state/app";
import { hasPlots } from "../state/figures";
import { may } from "../state/me";
import { fitTo } from "../state/navigate";
import { day, find } from "../state/select";
import { copyText } from "../ui/copy";
import { PageElement } from "../ui/element";
import { hectares, mu, number, signed } from "../ui/format";
import { icon } from "../ui/icons";
import { nameTag } from "../ui/tag";
import { history } from "./history";
import { featureLink, viewLink } from "./link";
import { published } from "./published";
import { trouble } from "./trouble";

/** The feature that the address names: what it is, its areas, where they come from, what it touches, its history. */
class FeaturePanel extends PageElement {
  #copied: "no" | "yes" | "failed" = "no";

  protected pick(s: Readonly<State>) {
    return [s.me, s.detail, s.items, s.figures, s.at, s.known, s.hidden, s.route, s.editing];
  }

  protected override render() {
    const { detail } = this.state;
    const f = find(this.state, detail) ?? detail?.feature;
    if (!detail || (!f && !detail.problem))
      return html`<section class="sec"><p class="mut">${t("overview.loading")}</p></section>`;
    if (!f) return html`${this.#crumb(detail.id)}${trouble(detail, day(this.state) ?? "")}`;
    return html`${this.#head(f, detail)}${this.#edit(f)}${areas(f)}${this.#ledger()}${this.#relations(f)}${published(f)}
      <section class="sec"><div class="sh"><h2>${t("feature.accuracy")}</h2><span class="grow"></span><span class="tag">${t(`accuracy.${f.properties.accuracy}`)}</span></div>
        <p class="txt">${t(`accuracy.${f.properties.accuracy}Means`)}</p></section>
      <section class="sec"><h2>${t("feature.source")}</h2><p class="txt src-text">${pick(f.properties.source, f.properties.source_en) || t("feature.noSource")}</p></section>
      ${history(detail.versions, this.state.awaySince !== null)}`;
  }

  /** What the ledger says comes with the first feature that is opened. */
  #ledger() {
    const { figures } = this.state;
    if (!figures || !hasPlots(figures.progress.round.figures)) return nothing;
    void import("./ledger").catch(() => {});
    return html`<zb-ledger></zb-ledger>`;
  }

  /** The forms that change it come when they are asked for. */
  #edit(f: LandFeature) {
    const { editing, known, detail } = this.state;
    if (!editing || known || !may("boundary.edit")) return nothing;
    void import("./edit");
    return html`<zb-edit .collection=${detail?.collection} .code=${f.id}></zb-edit>`;
  }

  #crumb(id: string) {
    return html`<section class="sec hd"><p class="crumb">${overviewLink()}<i>/</i>${id}</p></section>`;
  }

  #head(f: LandFeature, detail: Detail) {
    const { at, known, editing } = this.state;
    const p = f.properties;
    const parcel = this.state.figures?.progress.parcels.find((x) => x.code === f.id);
    const counts = parcel?.figures.counts;
    const place = [
      parcel?.command_post ? pick(parcel.command_post.name, parcel.command_post.name_en) : t(`kind.${p.kind}`),
      pick(p.subdistrict, p.subdistrict_en),
      counts && counts.plots > 0
        ? t("feature.counts", { households: number(counts.holdings), buildings: number(counts.buildings) })
        : null,
      t("feature.boundary", { n: p.version }),
    ]
      .filter(Boolean)
      .join("\u00a0· "); // no line begins with the dot
    const stage = parcel && `parcelStage.${parcel.stage}`;
    const locality = pick(p.locality, p.locality_en);
    return html`<section class="sec hd">
      <p class="crumb">${overviewLink()}<i>/</i>${f.id}</p>
      <div class="ttl"><h2 class="name">${pick(p.name, p.name_en) || f.id}</h2>${nameTag(f)}${stage && hasMessage(stage) && counts?.plots ? html`<span class="tag">${t(stage)}</span>` : nothing}<span class="acts">
        <button class="ib" aria-label=${t("feature.zoom")} title=${t("feature.zoom")} @click=${() => fitTo(detail)}>${icon("target")}</button>
        ${known || !may("boundary.edit") ? nothing : html`<button class=${editing ? "ib on" : "ib"} aria-expanded=${editing} aria-label=${t("feature.edit")} title=${t("feature.edit")} @click=${() => app.set({ editing: !editing })}>${icon("edit")}</button>`}
        <button class="ib" aria-label=${t("feature.copy")} title=${t("feature.copy")} @click=${() => void this.#copy()}>${icon(this.#copied === "yes" ? "check" : "link")}</button>
        <a class="ib" href=${itemPath(detail.collection, f.id, { at, known })} download="${f.id}.geojson" aria-label=${t("feature.download")} title=${t("feature.download")}>${icon("download")}</a></span></div>
      <p class="mut">${place}</p>
      ${locality ? html`<p class="mut">${locality}</p>` : nothing}
      <p class="sm copied" role="status">${this.#copied === "no" ? "" : t(this.#copied === "yes" ? "feature.copied" : "feature.copyFailed")}</p>
    </section>`;
  }

  async #copy(): Promise<void> {
    this.#copied = (await copyText(location.href)) ? "yes" : "failed";
    this.requestUpdate();
    setTimeout(() => {
      this.#copied = "no";
      this.requestUpdate();
    }, 2_500);
  }

  #relations(f: LandFeature) {
    const { items } = this.state;
    const p = f.properties;
    if (p.kind === "zone") {
      const inside = (items.parcels ?? []).filter((x) =>
        x.properties.zone === undefined ? within(x, f) : x.properties.zone === f.id,
      );
      return html`<section class="sec"><h2>${t("feature.parcels")}</h2>
        ${
          inside.length === 0
            ? html`<p class="mut">${t("feature.noParcels")}</p>`
            : html`<ul class="rel">${inside.map(
                (x) =>
                  html`<li>${featureLink({ collection: "parcels", id: x.id }, pick(x.properties.name, x.properties.name_en))}${nameTag(x)}<span class="grow"></span>${x.properties.area_m2 == null ? nothing : `${number(hectares(x.properties.area_m2), 2)} ${t("unit.ha")}`}</li>`,
              )}</ul>`
        }</section>`;
    }
    if (p.kind === "parcel") {
      const zone = items.zones?.find((z) => (p.zone === undefined ? within(f, z) : p.zone === z.id));
      return html`<section class="sec"><dl class="kv"><dt>${t("feature.inZone")}</dt><dd>${zone ? featureLink({ collection: "zones", id: zone.id }, pick(zone.properties.name, zone.properties.name_en)) : t("feature.noZone")}</dd></dl></section>`;
    }
    const parcel = items.parcels?.find((x) => x.id === p.parcel);
    const rows = [
      parcel
        ? [
            t("feature.inParcel"),
            featureLink(
              { collection: "parcels", id: parcel.id },
              pick(parcel.properties.name, parcel.properties.name_en),
            ),
          ]
        : null,
      p.disposition ? [t("feature.disposition"), t(`disposition.${p.disposition as "storage"}`)] : null,
      p.use_class ? [t("feature.useClass"), t(`use.${p.use_class as "other"}`)] : null,
    ].filter((row) => row !== null);
    return rows.length === 0
      ? nothing
      : html`<section class="sec"><dl class="kv">${rows.map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`)}</dl></section>`;
  }
}
customElements.define("zb-feature", FeaturePanel);

function overviewLink() {
  const { href, click } = viewLink({ name: "overview" });
  return html`<a href=${href} @click=${click}>${t("panel.overview")}</a>`;
}

/** within says whether the middle of one feature's box lies in another. */
function within(inner: LandFeature, outer: LandFeature): boolean {
  const box = boxOf([inner.geometry]);
  return box !== null && contains(outer.geometry, [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
}

function areas(f: LandFeature) {
  const { area_m2, area_plane_m2, area_official_m2 } = f.properties;
  const row = (name: string, note: string, m2: number | null | undefined, main = false) =>
    html`<tr><td>${name} <small>${note}</small></td>${
      m2 == null
        ? html`<td class="num" colspan="3">${t("none")}</td>`
        : html`<td class="num">${main ? html`<b>${number(m2, 2)}</b>` : number(m2, 2)}</td><td class="num">${number(hectares(m2), 4)}</td><td class="num">${number(mu(m2), 2)}</td>`
    }</tr>`;
  return html`<section class="sec"><table class="lst ar"><thead><tr><th>${t("feature.area")}</th><th class="num">m²</th><th class="num">${t("unit.ha")}</th><th class="num">${t("unit.mu")}</th></tr></thead>
    <tbody>${row(t("feature.ellipsoid"), t("feature.ellipsoidUse"), area_m2, true)}${row(t("feature.plane"), t("feature.planeUse"), area_plane_m2)}
      ${row(t("feature.official"), area_official_m2 == null ? t("feature.noOfficial") : "", area_official_m2)}</tbody></table>
    ${area_m2 != null && area_official_m2 ? html`<p class="fc">${t("feature.difference")} ${signed((100 * (area_m2 - area_official_m2)) / area_official_m2, 4)} %</p>` : nothing}</section>`;
}

import L from "leaflet";
import { html, nothing } from "lit";
import { fetchItems, fetchRound } from "../api/features";
import { fetchProgress } from "../api/figures";
import type { LandFeature, Progress, Round } from "../api/types";
import { pick, t } from "../i18n";
import { mine } from "../i18n/me";
import type { State } from "../state/app";
import "../ui/account";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { logo } from "../ui/logo";
import { languageButton } from "./language";

const now = { at: null, known: null };

/** What anybody may look at where the operator allows it: generalised outlines, totals, and the way to sign in. */
class PublicPage extends PageElement {
  leave: () => void = () => {};
  #round: Round | null = null;
  #progress: Progress | null = null;
  #land: { zones: readonly LandFeature[]; parcels: readonly LandFeature[] } | null = null;
  #failed = false;
  #map: L.Map | null = null;
  #outlines: L.FeatureGroup | null = null;

  protected pick(_: Readonly<State>) {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#map?.remove();
  }

  async #read(): Promise<void> {
    try {
      const [round, progress, zones, parcels] = await Promise.all([
        fetchRound(),
        fetchProgress(now),
        fetchItems("zones", now),
        fetchItems("parcels", now),
      ]);
      this.#round = round;
      this.#progress = progress;
      this.#land = { zones: zones.features, parcels: parcels.features };
    } catch {
      this.#failed = true;
    }
    this.requestUpdate();
  }

  protected override render() {
    const round = this.#round;
    const figures = this.#progress?.round.figures;
    return html`<header class="top"><a class="brand" href="/">${logo}<h1>${round ? pick(round.name, round.name_en) : t("app.name")}</h1></a><span class="grow"></span>${languageButton()}<button class="btn pri" @click=${this.leave}>${mine("signIn")}</button></header>
      <main class="open-page"><h2>${mine("openTitle")}</h2><p class="mut">${mine("openLead")}</p>
        ${this.#failed ? html`<p role="alert">${mine("openFailed")}</p>` : nothing}
        ${
          figures
            ? html`<dl class="totals"><div><dt class="mut">${mine("openReleased")}</dt><dd>${number(figures.released_ha, 2)} ${t("unit.ha")}</dd></div>${
                round?.target_ha == null
                  ? nothing
                  : html`<div><dt class="mut">${mine("openTarget")}</dt><dd>${number(round.target_ha, 2)} ${t("unit.ha")}</dd></div>`
              }</dl>`
            : nothing
        }
        <div class="open-map" role="img" aria-label=${mine("openMap")}></div>
        ${round ? html`<p class="mut sm">${pick(round.source, round.source_en)}</p>` : nothing}</main>`;
  }

  protected override updated(): void {
    const element = this.querySelector<HTMLElement>(".open-map");
    if (!element || !this.#land) return;
    this.#map ??= L.map(element, {
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.1,
      minZoom: 8,
      maxZoom: 15,
      keyboard: false,
    });
    this.#outlines?.remove();
    const label = ({ properties: p, id }: LandFeature) => pick(p.name, p.name_en) || id;
    const layer = (list: readonly LandFeature[], style: L.PathOptions) =>
      L.geoJSON(list as never, {
        style,
        onEachFeature: (f, each) => {
          const name = document.createElement("span"); // as text, never as markup
          name.textContent = label(f as LandFeature);
          each.bindTooltip(name, { sticky: true });
        },
      });
    this.#outlines = L.featureGroup([
      layer(this.#land.zones, { color: token("--map-zone"), weight: 1.1, dashArray: "6 4", fill: false }),
      layer(this.#land.parcels, {
        color: token("--map-parcel"),
        weight: 1.5,
        fillColor: token("--surface"),
        fillOpacity: 0.7,
      }),
    ]).addTo(this.#map);
    const bounds = this.#outlines.getBounds();
    if (bounds.isValid()) this.#map.fitBounds(bounds, { padding: [20, 20], animate: false });
  }
}
customElements.define("zb-public", PublicPage);

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** readPublic shows what is public until its reader wishes to sign in. */
export function readPublic(): Promise<void> {
  return new Promise((resolve) => {
    const page = new PublicPage();
    page.leave = () => {
      page.remove();
      document.body.classList.remove("public");
      resolve();
    };
    document.body.classList.add("gate", "public");
    document.body.append(page);
  });
}

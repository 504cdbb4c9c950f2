/** The map's own values, read once from the one vocabulary of the page (tokens.css), so that canvas and style agree. */
const read = (style: CSSStyleDeclaration, name: string): string => style.getPropertyValue(name).trim();

export interface Palette {
  ground: string;
  edge: string;
  water: string;
  rail: string;
  zone: string;
  zoneLabel: string;
  parcel: string;
  label: string;
  waterLabel: string;
  ink: string;
  ink2: string;
  ask: string;
  accent: string;
  surface: string;
  line: string;
  planned: string;
  retained: string;
  kept: string;
  sans: string;
  mono: string;
}

export function readPalette(): Palette {
  const s = getComputedStyle(document.documentElement);
  return {
    ground: read(s, "--map-in"),
    edge: read(s, "--map-edge"),
    water: read(s, "--map-water"),
    rail: read(s, "--map-rail"),
    zone: read(s, "--map-zone"),
    zoneLabel: "#58646a", // darker than the outline, for 12 px text on the ground: 5.6
    parcel: read(s, "--map-parcel"),
    label: read(s, "--map-label"),
    waterLabel: "#54707c",
    ink: read(s, "--ink"),
    ink2: read(s, "--ink-2"),
    ask: read(s, "--ask"),
    accent: read(s, "--accent"),
    surface: read(s, "--surface"),
    line: read(s, "--line-2"),
    planned: read(s, "--st-planned"),
    retained: read(s, "--st-retained"),
    kept: read(s, "--st-kept"),
    sans: read(s, "--sans"),
    mono: read(s, "--mono"),
  };
}

export const plotZoom = 13; // from here plots are filled, below it the parcel itself is
export const zoneEndZoom = 18; // from here a zone's outline is off the screen or in the way

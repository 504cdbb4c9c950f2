import type { Group } from "../state/figures";

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
  bad: string;
  accent: string;
  surface: string;
  line: string;
  stages: Record<Group, string>;
  textures: Record<"partly_signed" | "cleared" | "retained" | "kept", string>;
  storedEdge: string;
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
    bad: read(s, "--bad"),
    accent: read(s, "--accent"),
    surface: read(s, "--surface"),
    line: read(s, "--line-2"),
    stages: {
      planned: read(s, "--st-planned"),
      partly_signed: read(s, "--st-partly"),
      all_signed: read(s, "--st-all"),
      cleared: read(s, "--st-cleared"),
      accepted: read(s, "--st-accepted"),
      stored: read(s, "--st-stored"),
      retained: read(s, "--st-retained"),
      kept: read(s, "--st-kept"),
    },
    textures: {
      partly_signed: read(s, "--tx-partly"),
      cleared: read(s, "--tx-cleared"),
      retained: read(s, "--tx-retained"),
      kept: read(s, "--tx-kept"),
    },
    storedEdge: read(s, "--st-stored-edge"),
    sans: read(s, "--sans"),
    mono: read(s, "--mono"),
  };
}

export const plotZoom = 13; // from here plots are filled, below it the parcel itself is
export const numberZoom = 15; // from here plots carry their numbers
export const zoneEndZoom = 18; // from here a zone's outline is off the screen or in the way

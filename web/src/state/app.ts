import type {
  BBox,
  Blocks,
  Collection,
  Keystone,
  LandFeature,
  Me,
  Position,
  ProblemBody,
  Progress,
  Round,
  Selection,
  Series,
  Touched,
  Version,
} from "../api/types";
import type { Language, MessageKey } from "../i18n";
import type { Area, Layer, Route, View } from "./address";
import type { Printed } from "./figures";
import { Store } from "./store";

/** The collections that are held whole; plots are too many and stay in the tiles. */
export type Held = "zones" | "parcels" | "context";
export const held: readonly Held[] = ["zones", "parcels", "context"];

export interface Ref {
  collection: Collection;
  id: string;
}

/** What the panel knows about the feature that the address names. */
export interface Detail extends Ref {
  feature: LandFeature | null;
  versions: Version[] | null;
  problem: ProblemBody | "away" | null;
}

export type Note = { kind: "changed"; at: Date; what: Ref[] } | { kind: "back"; at: Date } | Notice;

/** What asks to be read: it is told in the language shown, save a refusal, which is the server's own sentence. */
export type Notice =
  | { kind: "dateFailed" }
  | { kind: "unread"; what: readonly { key: MessageKey; value: string }[] }
  | { kind: "refused"; detail: string };

/** The figures of the day that the page shows; all of one answer, so that none is of another day. */
export interface Shown {
  progress: Progress;
  printed: Printed;
  /** The curve and the released blocks follow the first view a moment later. */
  series: Series | null;
  blocks: Blocks | null;
}

/** What was drawn on the map to be summed, and the sum. */
export interface Picked {
  area: Area;
  outline: readonly Position[];
  answer: Selection | null;
  problem: string | null;
}

export interface Sorting {
  by: "code" | "ha" | "delta" | "households" | "floor_area" | "land" | "clearable_land";
  falling: boolean;
}

/** What a form or a look at a file shows on the map: an outline that is not written yet, where it overlaps others, places. */
export interface Marks {
  outline: readonly LandFeature[];
  clashes: readonly LandFeature[];
  /** What stands now, beside an outline that is based on something older. */
  present: readonly LandFeature[];
  places: readonly Position[];
}
export const noMarks: Marks = { outline: [], clashes: [], present: [], places: [] };

export type SheetHeight = "low" | "mid" | "high";

export interface Measuring {
  kind: "distance" | "area" | "polygon" | "circle";
  points: readonly Position[];
  done: boolean;
}

export interface State {
  language: Language;
  /** Who is signed in; null until somebody is. */
  me: Me | null;
  round: Round | null;
  items: Readonly<Record<Held, readonly LandFeature[] | null>>;
  figures: Shown | null;
  /** Counts what the server said has changed, so that lists ask again. */
  revision: number;
  /** The keystones that a panel shows; the map numbers them. */
  keystones: readonly Keystone[];
  /** Plots that a panel singles out on the map. */
  lit: readonly LandFeature[];
  marks: Marks;
  picked: Picked | null;
  /** Whether the panel of a feature shows the forms that change it. */
  editing: boolean;
  route: Route;
  at: string | null;
  known: string | null;
  hidden: readonly Layer[];
  detail: Detail | null;
  hover: Ref | null;
  view: View | null;
  pointer: Position | null;
  crs: "plane" | "degrees";
  sorting: Sorting;
  folded: boolean;
  sheet: SheetHeight;
  phone: boolean;
  measuring: Measuring | null;
  /** Since when the server is away; null while it is there. */
  awaySince: Date | null;
  /** The last instant at which what is shown was known to be what the server has. */
  asOf: Date | null;
  note: Note | null;
}

export const app = new Store<State>({
  language: "zh",
  me: null,
  round: null,
  items: { zones: null, parcels: null, context: null },
  figures: null,
  revision: 0,
  keystones: [],
  lit: [],
  marks: noMarks,
  picked: null,
  editing: false,
  route: { name: "overview" },
  at: null,
  known: null,
  hidden: [],
  detail: null,
  hover: null,
  view: null,
  pointer: null,
  crs: "plane",
  sorting: { by: "code", falling: false },
  folded: false,
  sheet: "mid",
  phone: false,
  measuring: null,
  awaySince: null,
  asOf: null,
  note: null,
});

/** What the panels ask of the map; the map listens, so that the panels need not know it. */
export type Wish =
  | { kind: "fit"; box: BBox }
  | { kind: "home" }
  | { kind: "zoom"; by: 1 | -1 }
  | { kind: "view"; view: View }
  | { kind: "refresh"; changes: readonly Touched[] }
  | { kind: "revalidate" };

const listeners = new Set<(wish: Wish) => void>();
export const onWish = (listener: (wish: Wish) => void): void => void listeners.add(listener);
export function wish(w: Wish): void {
  for (const listener of listeners) listener(w);
}

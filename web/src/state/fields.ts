import type { MessageKey } from "../i18n";
import type { WriteKey } from "../i18n/write";
import { asShare } from "./share";

/** One line of a list in a form: what it names, and the figure beside it. */
export interface Line {
  code: string;
  name: string;
  figure: string;
}

/** What is typed into a form, by the name of the field. */
export type Typed = Record<string, string | Line[]>;

/** What can be named in a list, and so looked up while it is typed. */
export type Named = "holding" | "party" | "plot" | "parcel";

interface Common {
  name: string;
  label: WriteKey;
  hint?: WriteKey;
  /** Whether it may be left empty. */
  optional?: true;
  /** Whether what is typed is nobody else's to read: it is kept on no disk. */
  secret?: true;
}

/** A Field of a row: how it is typed, and how it stands in the row. */
export type Field = Common &
  (
    | { form: "text" | "long" | "number" | "date" }
    | { form: "choice"; choices: readonly (readonly [value: string, name: MessageKey | WriteKey])[] }
    | { form: "code"; of: Named }
    | { form: "codes"; of: Named }
    | { form: "lines"; of: Named; key: string; figure: string; figureLabel: WriteKey; kind: "share" | "number" }
  );

type Row = Readonly<Record<string, unknown>>;

const choice = (name: string, label: WriteKey, prefix: string, values: readonly string[]): Field => ({
  name,
  label,
  form: "choice",
  choices: values.map((v) => [v, `${prefix}.${v}` as MessageKey] as const),
});

const names: readonly Field[] = [
  { name: "name", label: "f.name", form: "text" },
  { name: "name_en", label: "f.nameEn", form: "text", optional: true },
];
const nameStatus = choice("name_status", "f.nameStatus", "name", ["confirmed", "probable", "placeholder"]);
const ground: readonly Field[] = [
  choice("accuracy", "f.accuracy", "accuracy", ["approximate", "schematic", "surveyed"]),
  { name: "area_official_m2", label: "f.official", form: "number", optional: true },
  { name: "source", label: "f.source", form: "long" },
  { name: "source_en", label: "f.sourceEn", form: "long", optional: true },
];

/** The code of what is entered anew; left out, the service numbers it. */
const ownCode: Field = { name: "code", label: "f.code", form: "text", optional: true };

/** The kinds of contract come first where one is drawn up; afterwards a contract keeps its kind. */
export const contractKind: Field = choice("kind", "f.contractKind", "contractKind", [
  "relocation",
  "framework",
  "amendment",
]);

/** A Thing that a form corrects or draws up: where it is written, and its fields. */
export interface Thing {
  path: string;
  fields: readonly Field[];
  /** What is asked besides of a new one, and stays then as it is. */
  fresh?: readonly Field[];
  /** A feature has its fields in its properties. */
  feature?: true;
  /** Whether a change can name the document that it rests on. */
  document?: true;
  /** The member that shows the version, where it is not "version". */
  version?: string;
}

/** things is the table from which every form of a row is made. */
export const things = {
  holding: {
    path: "/api/v1/holdings",
    fields: [
      { name: "name", label: "f.name", form: "text" },
      choice("class", "f.class", "class", ["residential", "factory", "collective", "individual"]),
      {
        name: "parties",
        label: "f.parties",
        form: "lines",
        of: "party",
        key: "code",
        figure: "share",
        figureLabel: "f.share",
        kind: "share",
      },
      {
        name: "land",
        label: "f.land",
        form: "lines",
        of: "plot",
        key: "plot",
        figure: "area_m2",
        figureLabel: "f.areaM2",
        kind: "number",
      },
    ],
  },
  building: {
    path: "/api/v1/buildings",
    fields: [
      { name: "floor_area_m2", label: "f.floorArea", form: "number" },
      { name: "storeys", label: "f.storeys", form: "number" },
      choice("use", "f.use", "buildingUse", ["residential", "factory", "commercial", "public"]),
      { name: "plot", label: "f.plot", form: "code", of: "plot" },
      { name: "holding", label: "f.holding", form: "code", of: "holding" },
    ],
  },
  party: {
    path: "/api/v1/parties",
    fields: [
      { name: "name", label: "f.name", form: "text" },
      choice("kind", "f.partyKind", "partyKind", ["person", "company", "collective_company"]),
      { name: "phone", label: "f.phone", form: "text", optional: true, secret: true },
      { name: "id_number", label: "f.idNumber", form: "text", optional: true, secret: true },
    ],
  },
  contract: {
    path: "/api/v1/contracts",
    fresh: [contractKind],
    fields: [
      { name: "holdings", label: "f.holdings", form: "codes", of: "holding" },
      { name: "amount", label: "f.amount", form: "number", optional: true },
    ],
  },
  "command-post": {
    path: "/api/v1/command-posts",
    fresh: [ownCode],
    fields: [...names, { name: "parcels", label: "f.parcels", form: "codes", of: "parcel" }],
  },
  round: {
    path: "/api/v1/round",
    document: true,
    version: "round_version",
    fields: [
      { name: "target_ha", label: "f.target", form: "number", optional: true },
      { name: "deadline", label: "f.deadline", form: "date", optional: true },
    ],
  },
  zones: {
    path: "/ogc/collections/zones/items",
    feature: true,
    document: true,
    fields: [...names, nameStatus, ...ground],
  },
  parcels: {
    path: "/ogc/collections/parcels/items",
    feature: true,
    document: true,
    fields: [...names, nameStatus, ...ground],
  },
  plots: {
    path: "/ogc/collections/plots/items",
    feature: true,
    document: true,
    fields: [
      { name: "name", label: "f.name", form: "text", optional: true },
      { name: "name_en", label: "f.nameEn", form: "text", optional: true },
      choice("disposition", "f.disposition", "disposition", ["storage", "retained", "kept"]),
      choice("use_class", "f.useClass", "use", ["industrial", "residential_potential", "livelihood", "other"]),
      ...ground,
    ],
  },
} as const satisfies Record<string, Thing>;

export type ThingName = keyof typeof things;

/** membersOf is where the fields of a thing stand in what the service answers: a row itself, or a feature's properties. */
export const membersOf = (thing: Thing, answer: unknown): Row =>
  (thing.feature ? (answer as { properties: Row }).properties : answer) as Row;

const text = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

/** typedOf is a row as a form shows it. */
export function typedOf(fields: readonly Field[], row: Row): Typed {
  return Object.fromEntries(
    fields.map((f) => {
      const value = row[f.name];
      if (f.form === "codes")
        return [f.name, ((value ?? []) as string[]).map((code) => ({ code, name: "", figure: "" }))];
      if (f.form === "lines")
        return [
          f.name,
          ((value ?? []) as Row[]).map((line) => ({
            code: text(line[f.key]),
            name: text(line.name),
            figure: text(line[f.figure]),
          })),
        ];
      return [f.name, text(value)];
    }),
  );
}

const linesOf = (typed: Typed, name: string): Line[] => {
  const value = typed[name];
  return Array.isArray(value) ? value : [];
};

export const textOf = (typed: Typed, name: string): string => {
  const value = typed[name];
  return typeof value === "string" ? value.trim() : "";
};

/** numeric is a number where one is typed; anything else is left to the service to refuse in its words. */
const numeric = (typed: string): number | string => {
  const plain = typed.normalize("NFKC").replace(/[,\s]/g, "");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : typed;
};

/** jsonOf is a field as it is sent. */
export function jsonOf(f: Field, typed: Typed): unknown {
  if (f.form === "codes") return linesOf(typed, f.name).map((line) => line.code);
  if (f.form === "lines")
    return linesOf(typed, f.name).map((line) => ({
      [f.key]: line.code,
      [f.figure]: f.kind === "share" ? asShare(line.figure) : numeric(line.figure),
    }));
  const value = textOf(typed, f.name);
  if (value === "") return null;
  return f.form === "number" ? numeric(value) : value;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** alike says whether a field means the same in two forms, however it is written. */
export const alike = (f: Field, a: Typed, b: Typed): boolean => same(jsonOf(f, a), jsonOf(f, b));

/** patchOf is the merge patch that makes of what was read what is typed: only what differs, and null for what was emptied. */
export function patchOf(fields: readonly Field[], read: Typed, typed: Typed): Record<string, unknown> {
  return Object.fromEntries(fields.filter((f) => !alike(f, read, typed)).map((f) => [f.name, jsonOf(f, typed)]));
}

/** secretsIn are the members of a change that are kept on no disk. */
export const secretsIn = (fields: readonly Field[], change: Row): string[] =>
  fields.flatMap((f) => (f.secret && f.name in change ? [f.name] : []));

/** storable is what may be stored of what is typed: secrets stay as they were read, which is masked. */
export const storable = (fields: readonly Field[], read: Typed, typed: Typed): Typed => ({
  ...typed,
  ...Object.fromEntries(fields.filter((f) => f.secret).map((f) => [f.name, read[f.name] ?? ""])),
});

/** wholeOf is what is new, without the fields that were left empty. */
export function wholeOf(fields: readonly Field[], typed: Typed): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((f) => {
      const value = jsonOf(f, typed);
      return value === null ? [] : [[f.name, value]];
    }),
  );
}

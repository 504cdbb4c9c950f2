import { dayOf, isDay } from "../ui/format";

const exact = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Asia/Shanghai",
  hourCycle: "h23",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** secondOf is day, hour, minute and second of an instant in Shanghai. */
export const secondOf = (instant: string): string => `${dayOf(instant)} ${exact.format(new Date(instant))}`;

/** What JSON can say: what the trail keeps of before and after is not known to the page beforehand. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What is asked of the trail; each is empty where it is not asked for. */
export interface Filters {
  account: string;
  object: string;
  via: string;
  outcome: string;
  code: string;
  from: string;
  to: string;
}

const names = ["account", "object", "via", "outcome", "code", "from", "to"] as const;
export const noFilters: Filters = { account: "", object: "", via: "", outcome: "", code: "", from: "", to: "" };

/** filtersOf reads what an address asks for; an unknown outcome and what is no day count as not asked. */
export function filtersOf(query: string): Filters {
  const asked = new URLSearchParams(query);
  const filters = { ...noFilters };
  for (const name of names) filters[name] = (asked.get(name) ?? "").trim();
  if (filters.outcome !== "done" && filters.outcome !== "refused") filters.outcome = "";
  if (!isDay(filters.from)) filters.from = "";
  if (!isDay(filters.to)) filters.to = "";
  return filters;
}

/** queryOf writes what filtersOf reads. */
export function queryOf(filters: Filters): string {
  const pairs = names.flatMap((name) => (filters[name] === "" ? [] : [[name, filters[name]]]));
  return String(new URLSearchParams(pairs));
}

/** One member of a thing before and after. */
export interface Change {
  name: string;
  before: string | null;
  after: string | null;
  moved: boolean;
}

/** changesOf lays two states of a thing side by side, member by member; what is nested has its way as its name. */
export function changesOf(before: Json, after: Json): Change[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => {
    const [was, is] = [old.get(name) ?? null, now.get(name) ?? null];
    return { name, before: was, after: is, moved: was !== is };
  });
}

const isObject = (v: Json): v is { readonly [name: string]: Json } =>
  typeof v === "object" && v !== null && !Array.isArray(v);

function flat(value: Json, way = "", into = new Map<string, string>()): Map<string, string> {
  if (value === null && way === "") return into;
  if (isObject(value) && (way === "" || Object.keys(value).length > 0)) {
    for (const [name, v] of Object.entries(value)) flat(v, way === "" ? name : `${way}.${name}`, into);
    return into;
  }
  into.set(way, written(value));
  return into;
}

/** written is a value as people read it: a text without its quotes, a list of plain values with commas. */
function written(value: Json): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.length > 0 && value.every((v) => typeof v !== "object" || v === null))
    return value.map((v) => written(v)).join(", ");
  return JSON.stringify(value);
}

/** What was done to one thing. */
export interface Deed {
  object: string;
  before: Json;
  after: Json;
}

/** deedsOf takes from the details of a record what was done to which thing, and leaves the rest. */
export function deedsOf(detail: Json): { deeds: Deed[]; count: number; rest: Json } {
  if (!isObject(detail)) return { deeds: [], count: 0, rest: detail };
  const { deeds: listed, count, ...more } = detail;
  const deeds = Array.isArray(listed)
    ? listed.flatMap((d: Json) =>
        isObject(d) && typeof d.object === "string"
          ? [{ object: d.object, before: d.before ?? null, after: d.after ?? null }]
          : [],
      )
    : [];
  const rest = Object.keys(more).length > 0 ? more : null;
  return { deeds, count: typeof count === "number" ? count : deeds.length, rest };
}

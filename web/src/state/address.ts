import type { Collection, Position } from "../api/types";
import { isDay } from "../ui/format";
import { type Group, groups } from "./figures";

export type Grouping = "parcels" | "command_posts" | "zones";
const groupings: readonly Grouping[] = ["parcels", "command_posts", "zones"];

export type Route =
  | { name: "overview" }
  | { name: "feature"; collection: Collection; id: string; opened?: Opened }
  | { name: "signing"; parcel: string | null }
  | { name: "imports" }
  | { name: "table"; by: Grouping }
  | Office;

/** The work of the administrations; what is opened or looked for there is written as its panel reads it. */
export interface Office {
  name: "accounts" | "audit";
  query: string;
}

/** What of the register is opened in the panel of a feature. */
export interface Opened {
  kind: "holding" | "contract";
  code: string;
}

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

/** The area whose plots are summed: the corners of a polygon, or a circle. */
export type Area =
  | { kind: "polygon"; corners: readonly Position[] }
  | { kind: "circle"; centre: Position; radius_m: number };

/** What the legend can hide: plots by the group of their stage, or, before there are plots, parcels by how sure their name is, and the zones. */
export type Layer = "confirmed" | "probable" | "placeholder" | "zones" | Group;
export const layers: readonly Layer[] = ["confirmed", "probable", "placeholder", "zones", ...groups];

/** Everything that the address bar says. The filter is no part of it: it stays with the entry of the history. */
export interface Address {
  route: Route;
  at: string | null;
  known: string | null;
  view: View | null;
  area: Area | null;
}

const featurePath = /^\/(parcels|zones|plots)\/([^/]+)$/;
const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;

const shanghai = 8 * 3_600_000;

/** isKnowable says whether something can be known by then: a day up to today's, in Shanghai, or an instant that has passed. */
function isKnowable(known: string): boolean {
  if (isDay(known)) return known <= new Date(Date.now() + shanghai).toISOString().slice(0, 10);
  return instant.test(known) && Date.parse(known) <= Date.now();
}

/** parseAddress reads an address; what it cannot read counts as not given. */
export function parseAddress(url: URL): Address {
  const at = url.searchParams.get("at");
  const known = url.searchParams.get("known");
  return {
    route: parseRoute(url),
    at: at && isDay(at) ? at : null,
    known: known && isKnowable(known) ? known : null,
    view: parseView(url.hash),
    area: parseArea(url.searchParams),
  };
}

function parseRoute({ pathname, searchParams }: URL): Route {
  if (pathname === "/signing") return { name: "signing", parcel: searchParams.get("parcel") || null };
  if (pathname === "/imports") return { name: "imports" };
  if (pathname === "/accounts" || pathname === "/audit") {
    const asked = new URLSearchParams(searchParams);
    asked.delete("at");
    asked.delete("known");
    return { name: pathname === "/audit" ? "audit" : "accounts", query: String(asked) };
  }
  if (pathname === "/table") {
    const by = searchParams.get("by");
    return { name: "table", by: groupings.find((g) => g === by) ?? "parcels" };
  }
  const match = featurePath.exec(pathname);
  if (!match) return { name: "overview" };
  const opened = (["holding", "contract"] as const).flatMap((kind) => {
    const code = searchParams.get(kind);
    return code ? [{ kind, code }] : [];
  })[0];
  const ref = { collection: match[1] as Collection, id: decode(match[2] ?? "") };
  return { name: "feature", ...ref, ...(opened && { opened }) };
}

const place = /^-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?$/;
const mostCorners = 200;

function parsePlaces(text: string): Position[] | null {
  const parts = text.split(";");
  if (parts.length > mostCorners || !parts.every((p) => place.test(p))) return null;
  const places = parts.map((p) => p.split(",").map(Number) as Position);
  return places.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 85) ? places : null;
}

/** parseArea reads polygon=lon,lat;lon,lat;… or circle=lon,lat;metres. */
function parseArea(params: URLSearchParams): Area | null {
  const corners = parsePlaces(params.get("polygon") ?? "");
  if (corners && corners.length > 2) return { kind: "polygon", corners };
  const [middle = "", metres = ""] = (params.get("circle") ?? "").split(";");
  const [centre] = parsePlaces(middle) ?? [];
  const radius_m = /^\d+(\.\d+)?$/.test(metres) ? Number(metres) : 0;
  return centre && radius_m > 0 && radius_m < 1e6 ? { kind: "circle", centre, radius_m } : null;
}

const sixth = ([lon, lat]: Position): string => `${Number(lon.toFixed(6))},${Number(lat.toFixed(6))}`;

const formatArea = (area: Area): string =>
  area.kind === "polygon"
    ? `polygon=${area.corners.map(sixth).join(";")}`
    : `circle=${sixth(area.centre)};${area.radius_m}`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseView(hash: string): View | null {
  const parts = hash.replace(/^#/, "").split("/").map(Number);
  const [zoom, lat, lon] = parts;
  if (parts.length !== 3 || zoom === undefined || lat === undefined || lon === undefined) return null;
  if (!parts.every(Number.isFinite) || zoom < 0 || zoom > 24 || Math.abs(lat) > 85 || Math.abs(lon) > 180) return null;
  return { zoom, lat, lon };
}

/** formatAddress writes what parseAddress reads. */
export function formatAddress(address: Address): string {
  const { route, at, known, view, area } = address;
  const path =
    route.name === "feature"
      ? `/${route.collection}/${encodeURIComponent(route.id)}`
      : route.name === "overview"
        ? "/"
        : `/${route.name}`;
  const params = [
    route.name === "feature" && route.opened && `${route.opened.kind}=${encodeURIComponent(route.opened.code)}`,
    route.name === "signing" && route.parcel && `parcel=${encodeURIComponent(route.parcel)}`,
    route.name === "table" && route.by !== "parcels" && `by=${route.by}`,
    "query" in route && route.query,
    at && `at=${at}`,
    known && `known=${encodeURIComponent(known).replaceAll("%3A", ":")}`,
    area && formatArea(area),
  ];
  const search = params.filter(Boolean).join("&");
  return path + (search && `?${search}`) + (view ? `#${formatView(view)}` : "");
}

const formatView = ({ zoom, lat, lon }: View): string =>
  `${Number(zoom.toFixed(2))}/${lat.toFixed(5)}/${lon.toFixed(5)}`;

import type { Collection } from "../api/types";
import { isDay } from "../ui/format";
import { type Group, groups } from "./figures";

export type Grouping = "parcels" | "command_posts" | "zones";
const groupings: readonly Grouping[] = ["parcels", "command_posts", "zones"];

export type Route =
  | { name: "overview" }
  | { name: "feature"; collection: Collection; id: string }
  | { name: "signing"; parcel: string | null }
  | { name: "table"; by: Grouping };

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

/** What the legend can hide: plots by the group of their stage, or, before there are plots, parcels by how sure their name is, and the zones. */
export type Layer = "confirmed" | "probable" | "placeholder" | "zones" | Group;
export const layers: readonly Layer[] = ["confirmed", "probable", "placeholder", "zones", ...groups];

/** Everything that the address bar says. The filter is no part of it: it stays with the entry of the history. */
export interface Address {
  route: Route;
  at: string | null;
  known: string | null;
  view: View | null;
}

const featurePath = /^\/(parcels|zones|plots)\/([^/]+)$/;
const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;

/** parseAddress reads an address; what it cannot read counts as not given. */
export function parseAddress(url: URL): Address {
  const at = url.searchParams.get("at");
  const known = url.searchParams.get("known");
  return {
    route: parseRoute(url),
    at: at && isDay(at) ? at : null,
    known: known && (isDay(known) || instant.test(known)) ? known : null,
    view: parseView(url.hash),
  };
}

function parseRoute({ pathname, searchParams }: URL): Route {
  if (pathname === "/signing") return { name: "signing", parcel: searchParams.get("parcel") || null };
  if (pathname === "/table") {
    const by = searchParams.get("by");
    return { name: "table", by: groupings.find((g) => g === by) ?? "parcels" };
  }
  const match = featurePath.exec(pathname);
  return match
    ? { name: "feature", collection: match[1] as Collection, id: decode(match[2] ?? "") }
    : { name: "overview" };
}

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
  const { route, at, known, view } = address;
  const path =
    route.name === "feature"
      ? `/${route.collection}/${encodeURIComponent(route.id)}`
      : route.name === "overview"
        ? "/"
        : `/${route.name}`;
  const params = [
    route.name === "signing" && route.parcel && `parcel=${encodeURIComponent(route.parcel)}`,
    route.name === "table" && route.by !== "parcels" && `by=${route.by}`,
    at && `at=${at}`,
    known && `known=${encodeURIComponent(known).replaceAll("%3A", ":")}`,
  ];
  const search = params.filter(Boolean).join("&");
  return path + (search && `?${search}`) + (view ? `#${formatView(view)}` : "");
}

const formatView = ({ zoom, lat, lon }: View): string =>
  `${Number(zoom.toFixed(2))}/${lat.toFixed(5)}/${lon.toFixed(5)}`;

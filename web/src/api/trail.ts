import type { Filters, Json } from "../state/trail";
import { queryOf } from "../state/trail";
import { getJson, query, request } from "./client";
import type { components } from "./schema";
import type { List } from "./types";

type Schemas = components["schemas"];

/** One record of the trail; what it keeps of before and after is whatever JSON can say. */
export type Entry = Omit<Schemas["AuditRecord"], "detail"> & { detail: Json };
/** What the server says of something that is not as it ought to be, or that is to be known. */
export type Said = Schemas["AuditSaid"];
/** What a verification of the whole chain found. */
export type Report = Schemas["AuditReport"];

const path = "/api/v1/audit";

/** fetchTrail reads the newest records that are asked for; a list says where the records behind it are. */
export const fetchTrail = (filters: Filters, limit: number): Promise<List<Entry>> =>
  getJson(path + query({ ...filters, limit }));

/** fetchOlder reads on where a list ended. */
export function fetchOlder(next: string): Promise<List<Entry>> {
  const { pathname, search } = new URL(next); // at the page's own origin, whatever stands before the server
  return getJson(pathname + search);
}

/** exportPath is the trail as a file, one record a line. */
export function exportPath(filters: Filters): string {
  const asked = queryOf(filters);
  return `${path}/export${asked && `?${asked}`}`;
}

/** verifyTrail computes the whole chain anew, which takes its time where there are many records. */
export async function verifyTrail(): Promise<Report> {
  return (await (await request(`${path}/verify`, { patience: 120_000 })).json()) as Report;
}

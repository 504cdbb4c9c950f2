import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type APIRequestContext, request } from "@playwright/test";
import type { Running } from "./binary";

/** Who the tests sign in as; the second officer voids what the first has recorded. */
export const roles = ["officer", "command_post", "planner", "viewer", "sysadmin", "secadmin", "auditor"] as const;
export type Role = (typeof roles)[number] | "officer2";

/** The password of all of them, where a server asks for one. */
export const password = "一座高山、两条河与三个村庄";

/** stateOf is the file that holds the cookie of a role on a server. */
export const stateOf = (folder: string, role: Role): string => join(folder, `${role}.json`);

/** comeIn uses a one-time link as the page does, and keeps the cookie that it gives. */
export async function comeIn(url: string, link: string, file: string): Promise<void> {
  const nobody = { cookies: [], origins: [] }; // within a test its own session would be shown, and end where another begins
  const asks = await request.newContext({ baseURL: url, storageState: nobody });
  const about = await ask<{ purpose: string }>(asks, "/api/v1/links/use", { link });
  await ask(asks, "/api/v1/links/use", about.purpose === "sign_in" ? { link, sign_in: true } : { link, password });
  await asks.storageState({ path: file });
  await asks.dispose();
}

/** settle lets somebody of each role in: those whose links the server has printed, and whom their administrations add. */
export async function settle({ url, links }: Pick<Running, "url" | "links">, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await Promise.all(Object.entries(links).map(([role, link]) => comeIn(url, link, stateOf(folder, role as Role))));
  const as = (role: Role) => request.newContext({ baseURL: url, storageState: stateOf(folder, role) });
  const [adds, gives] = await Promise.all([as("sysadmin"), as("secadmin")]);
  for (const name of [...roles, "officer2"] as const) {
    if (name in links || name === "command_post") continue; // a command post is there in the demonstration alone
    const { link } = await ask<{ link: string }>(adds, "/api/v1/users", { name, person: "" });
    const given = await gives.patch(`/api/v1/users/${name}`, {
      data: { role: name === "officer2" ? "officer" : name },
    });
    if (!given.ok()) throw new Error(await given.text());
    await comeIn(url, link, stateOf(folder, name));
  }
  await Promise.all([adds.dispose(), gives.dispose()]);
}

async function ask<T>(asks: APIRequestContext, path: string, data: object): Promise<T> {
  const answer = await asks.post(path, { data });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

import { getJson, request } from "./client";
import type { Link, Me, OwnSession, Token } from "./types";

/** What a page that nobody has signed in on may know: the other doors. */
export interface Door {
  /** The issuer that people may sign in by, where one is configured. */
  oidc: { name: string; ready?: boolean } | null;
  demo: boolean;
  /** Whether anybody may look at outlines and totals. */
  anonymous: boolean;
}

const json = async <T>(answer: Promise<Response>) => (await (await answer).json()) as T;

/** Signing in asks for itself: it never waits for somebody to sign in. */
const own = { own: true } as const;

export const fetchMe = () => json<Me>(request("/api/v1/me", own));
export const fetchDoor = () => json<Door>(request("/api/v1/session", own));

export const signIn = (name: string, password: string) =>
  json<Me>(request("/api/v1/session", { ...own, body: { name, password } }));

export const signOut = () => request("/api/v1/session", { ...own, method: "DELETE" });

export const readLink = (link: string) => json<Link>(request("/api/v1/links/use", { ...own, body: { link } }));
export const enterByLink = (link: string) =>
  json<Me>(request("/api/v1/links/use", { ...own, body: { link, sign_in: true } }));

/** setPassword answers who has come in by that; null where the account still waits for its role. */
export async function setPassword(link: string, password: string): Promise<Me | null> {
  const answer = await request("/api/v1/links/use", { ...own, body: { link, password } });
  return answer.status === 202 ? null : ((await answer.json()) as Me);
}

export const changePassword = (password: string, fresh: string) =>
  request("/api/v1/me/password", { method: "PUT", body: { password, new_password: fresh } });

export const fetchSessions = () => getJson<{ items: OwnSession[] }>("/api/v1/me/sessions");
export const endSession = (id: string | number) =>
  request(`/api/v1/me/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });

export interface NewToken {
  name: string;
  scopes: string[];
  days: number;
  reason: string;
  password?: string;
}
export const fetchTokens = () => getJson<{ items: Token[] }>("/api/v1/tokens");
export const createToken = (token: NewToken) =>
  json<Token & { token: string }>(request("/api/v1/tokens", { body: token }));
export const revokeToken = (id: string | number) =>
  request(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: "DELETE" });

import { getJson } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** An account as those see it who keep accounts. */
export type User = Schemas["User"];
/** Where an account is signed in. */
export type UserSession = Schemas["Session"];
export type UserToken = Schemas["Token"];
/** A link that is good once, and until when. */
export interface Once {
  link: string;
  expires: string;
}
/** A command post that an account can be given. */
export type Post = Schemas["CommandPost"];

const items = async <T>(path: string) => (await getJson<{ items: T[] }>(path)).items;

/** userPath is where an account is read and changed. */
export const userPath = (name: string): string => `/api/v1/users/${encodeURIComponent(name)}`;

export const fetchUsers = () => items<User>("/api/v1/users");
export const fetchUserSessions = (name: string) => items<UserSession>(`${userPath(name)}/sessions`);
export const fetchUserTokens = (name: string) => items<UserToken>(`${userPath(name)}/tokens`);
export const fetchPosts = () => items<Post>("/api/v1/command-posts");

import type { ProblemBody } from "./types";

/** What the server refused, in its own words. */
export class Problem extends Error {
  readonly body: ProblemBody;
  /** Seconds after which the server would listen again, where it said so. */
  readonly retryAfter: number | null;
  constructor(body: ProblemBody, retryAfter: number | null = null) {
    super(body.detail ?? body.title);
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/** The server could not be reached, or answered that it cannot serve for now. */
export class Unreachable extends Error {}

const usual = 15_000;
let language = "zh-CN";

/** speak sets the language in which the server phrases its problems. */
export function speak(tag: string): void {
  language = tag;
}

let signIn: (() => Promise<void>) | null = null;

/** onEnded says who asks to sign in again; what is asked meanwhile waits, and goes on when somebody has. */
export function onEnded(ask: () => Promise<void>): void {
  signIn = ask;
}

/** signedIn waits until somebody is signed in again. */
export const signedIn = (): Promise<void> => signIn?.() ?? Promise.resolve();

/** The two clocks of every read; null means the server's own today. */
export interface Clocks {
  at: string | null;
  known: string | null;
}

export function query(params: Record<string, string | number | null | undefined>): string {
  const pairs = Object.entries(params).filter(([, v]) => v !== null && v !== undefined && v !== "");
  const text = new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** What is asked beside the path: a body makes it a POST unless another method is named; a form is sent as the browser sends forms. */
export interface Asked {
  signal?: AbortSignal | undefined;
  method?: "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  /** Milliseconds after which silence counts as no answer. */
  patience?: number | undefined;
  /** Whether it is a part of signing in, so that it must not wait for that. */
  own?: boolean;
}

/** request fetches, turns refusals into Problem and silence into Unreachable; a caller's abort stays an abort. */
export async function request(path: string, asked: Asked = {}): Promise<Response> {
  const { signal, method, body, headers, patience = usual, own = false } = asked;
  const limit = AbortSignal.timeout(patience);
  const form = body instanceof FormData;
  let answer: Response;
  try {
    answer = await fetch(path, {
      cache: "no-cache", // always asked again, answered with 304 where nothing moved
      headers: {
        "Accept-Language": language,
        ...(body !== undefined && !form && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(method && { method }),
      ...(body !== undefined && { method: method ?? "POST", body: form ? body : JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Unreachable(path, { cause });
  }
  if (answer.ok) return answer;
  if (answer.status === 503 || answer.status === 502 || answer.status === 504) throw new Unreachable(path);
  const problem = await problemOf(answer);
  if (answer.status === 401 && !own && signIn && /^session\.(none|ended)$/.test(problem.code)) {
    await signIn();
    return request(path, asked); // under its old key, so that a write is still written once
  }
  throw new Problem(problem, Number(answer.headers.get("Retry-After")) || null);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await request(path, { signal });
  try {
    return (await answer.json()) as T;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Unreachable(path, { cause }); // cut off in the middle, as by a cable that is pulled
  }
}

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  return (await (await request(path, { body })).json()) as T;
}

/** What was read, and the tag by which a change names what it is based on. */
export interface Tagged<T> {
  value: T;
  tag: string;
}

export async function getTagged<T>(path: string): Promise<Tagged<T>> {
  const answer = await request(path);
  return { value: (await answer.json()) as T, tag: answer.headers.get("ETag") ?? "" };
}

async function problemOf(answer: Response): Promise<ProblemBody> {
  const fallback = { type: "about:blank", title: answer.statusText, status: answer.status, code: "unknown" };
  try {
    return { ...fallback, ...((await answer.json()) as Partial<ProblemBody>) };
  } catch {
    return fallback;
  }
}

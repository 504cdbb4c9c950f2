import { Problem, request } from "../api/client";

/** What a write does; those of the ledger are told by their path. */
export type Act = "correct" | "draw" | "enter" | "retire" | "boundary" | "apply" | "forget";

/** A write on its way: it is kept under its key until the server has answered it, so that no network loses it or doubles it. */
export interface Write {
  key: string;
  path: string;
  method?: "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  body?: unknown;
  /** The tag of what it changes, as it was read: sent again, it is still based on that. */
  match?: string | undefined;
  /** What is shown of it: the fact that it records or voids, or what it changes. */
  what: { act?: Act; kind?: string; subject: string; day?: string };
  /** What the form held, under its name, so that a person can go on from it where the server refuses it later. */
  draft?: { of: string; where: string; held: unknown } | undefined;
  patience?: number | undefined;
  /** It holds what is kept on no disk. */
  fleeting?: boolean;
  /** The account that wrote it: nobody else sends it. */
  by?: string;
  /** Why the server refused it when it was sent again; it waits for a person then. */
  refused?: string;
}

/** What became of a write; one that was not answered stays kept. */
export type Sent = Answered | { kind: "unanswered" };
export type Answered = { kind: "answered"; answer: unknown } | { kind: "refused"; problem: Problem };
type Ended = (key: string, sent: Answered | null) => void;

const prefix = "zhengbei.unsent.";

/** Unsent keeps the writes that were not answered, each under a name of its own, so that two tabs never overwrite each other's. */
export class Unsent {
  readonly #memory = new Map<string, Write>(); // what the browser refuses to store
  readonly #going = new Set<string>();
  readonly #readers = new Set<() => void>();
  readonly #ended = new Set<Ended>();
  #account = "";

  /** belongTo says whose writes are kept from now on; those of others wait for them. */
  belongTo(account: string): void {
    this.#account = account;
    this.#tell();
  }

  watch(reader: () => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** ended tells what became of writes that were not answered at first; null where one was given up. */
  ended(reader: Ended): () => void {
    this.#ended.add(reader);
    return () => this.#ended.delete(reader);
  }

  /** list names what waits, save what is on its way from here. */
  list(): Write[] {
    const all = [...stored(), ...this.#memory.values()];
    const own = (w: Write) => (w.by ?? this.#account) === this.#account;
    return all.filter((w) => own(w) && !this.#going.has(w.key)).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** volatile says that something would be lost with the page. */
  get volatile(): boolean {
    return this.#memory.size > 0;
  }

  /** send keeps a write, sends it, and drops it when it has been answered. */
  async send(write: Write): Promise<Sent> {
    if (this.#going.has(write.key)) return { kind: "unanswered" };
    this.#keep(this.#account ? { ...write, by: this.#account } : write);
    this.#going.add(write.key);
    this.#tell();
    const sent = await once(write);
    this.#going.delete(write.key);
    if (sent.kind !== "unanswered") this.#drop(write.key);
    this.#tell();
    return sent;
  }

  /** again sends what waits, the oldest first; `all` includes what was refused before. It answers how many arrived. */
  async again(all: boolean): Promise<number> {
    let arrived = 0;
    for (const write of this.list()) {
      if (write.refused && !all) continue;
      const { refused: _, ...fresh } = write;
      const sent = await this.send(fresh);
      if (sent.kind === "answered") arrived++;
      if (sent.kind === "refused") this.#keep({ ...fresh, refused: sent.problem.message });
      if (sent.kind === "unanswered") break; // the others would not arrive either
      this.#end(write.key, sent);
    }
    this.#tell();
    return arrived;
  }

  discard(key: string): void {
    this.#drop(key);
    this.#end(key, null);
    this.#tell();
  }

  #end(key: string, sent: Answered | null): void {
    for (const reader of [...this.#ended]) reader(key, sent);
  }

  #keep(write: Write): void {
    if (write.fleeting) {
      this.#memory.set(write.key, write);
      return;
    }
    try {
      localStorage.setItem(prefix + write.key, JSON.stringify(write));
      this.#memory.delete(write.key);
    } catch {
      this.#memory.set(write.key, write);
    }
  }

  #drop(key: string): void {
    this.#memory.delete(key);
    try {
      localStorage.removeItem(prefix + key);
    } catch {
      // refused as when it was to be kept
    }
  }

  #tell(): void {
    for (const reader of [...this.#readers]) reader();
  }
}

export const unsent = new Unsent();

function stored(): Write[] {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(prefix))
      .flatMap((name) => read(localStorage.getItem(name)));
  } catch {
    return [];
  }
}

function read(text: string | null): Write[] {
  try {
    const w = JSON.parse(text ?? "") as Partial<Write>;
    return typeof w.key === "string" && typeof w.path === "string" && w.what ? [w as Write] : [];
  } catch {
    return [];
  }
}

/** once sends what is written, or with no key what is only tried. */
export async function once(sent: Omit<Write, "key" | "what"> & { key?: string; type?: string }): Promise<Sent> {
  const { key, path, method, body, match, patience, type = "application/merge-patch+json" } = sent;
  const headers = {
    ...(key && { "Idempotency-Key": key }),
    ...(method === "PATCH" && { "Content-Type": type }),
    ...(match && { "If-Match": match }),
  };
  try {
    const answer = await request(path, { method, body, headers, patience });
    return { kind: "answered", answer: answer.status === 204 ? null : await answer.json() };
  } catch (cause) {
    // A fault of the server, or a torn answer, may have come after the write, and a server that is busy will serve later.
    const refused = cause instanceof Problem && cause.body.status < 500 && cause.body.status !== 429;
    return refused ? { kind: "refused", problem: cause } : { kind: "unanswered" };
  }
}

/** freshKey is a UUID that sorts by its instant; crypto.randomUUID is missing where the page is not served securely. */
export function freshKey(now = Date.now()): string {
  const random = crypto.randomUUID?.() ?? uuid(crypto.getRandomValues(new Uint8Array(16)));
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

function uuid(bytes: Uint8Array): string {
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[(bytes[8] ?? 0) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

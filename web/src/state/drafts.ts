const prefix = "zhengbei.draft.";
const owner = "zhengbei.drafts-of";

/** Drafts keep what is typed into forms until it is saved or given up: it outlasts the closing of what it was typed into, and a reload. */
export class Drafts {
  readonly #memory = new Map<string, unknown>();
  /** Whose what is in memory is; null as long as nobody has signed in to this page. */
  #owner: string | null = null;

  get<T>(of: string): T | undefined {
    const held = this.#memory.get(of) as T | undefined;
    if (held !== undefined) return held;
    const stored = read<T>(of);
    if (stored !== undefined) this.#memory.set(of, stored);
    return stored;
  }

  has(of: string): boolean {
    return this.get(of) !== undefined;
  }

  /** keep keeps a draft; on the disk only what may be stored of it, and null leaves the disk as it is. */
  keep(of: string, draft: unknown, stored: unknown = draft): void {
    this.#memory.set(of, draft);
    if (stored === null) return;
    try {
      sessionStorage.setItem(prefix + of, JSON.stringify(stored));
    } catch {
      // a browser that refuses to store it keeps it as long as the page
    }
  }

  /** belongTo forgets what somebody else typed: two may use one browser one after the other. */
  belongTo(account: string): void {
    if (this.#owner !== null && this.#owner !== account) this.#memory.clear();
    this.#owner = account;
    try {
      if (sessionStorage.getItem(owner) !== account)
        for (const name of Object.keys(sessionStorage)) if (name.startsWith(prefix)) sessionStorage.removeItem(name);
      sessionStorage.setItem(owner, account);
    } catch {
      // nothing was stored either
    }
  }

  drop(of: string): void {
    this.#memory.delete(of);
    try {
      sessionStorage.removeItem(prefix + of);
    } catch {
      // refused as when it was to be kept
    }
  }
}

export const drafts = new Drafts();

function read<T>(of: string): T | undefined {
  try {
    const text = sessionStorage.getItem(prefix + of);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

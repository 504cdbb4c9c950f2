/** A Store holds one immutable state and tells its readers when it moved. */
export class Store<S extends object> {
  #state: S;
  readonly #readers = new Set<() => void>();

  constructor(state: S) {
    this.#state = state;
  }

  get state(): Readonly<S> {
    return this.#state;
  }

  set(patch: Partial<S>): void {
    const same = Object.entries(patch).every(([k, v]) => Object.is(this.#state[k as keyof S], v));
    if (same) return;
    this.#state = { ...this.#state, ...patch };
    for (const read of [...this.#readers]) read();
  }

  /** watch calls back when what `pick` lists has moved; it answers how to stop. */
  watch(pick: (s: Readonly<S>) => readonly unknown[], then: () => void): () => void {
    let last = pick(this.#state);
    const reader = () => {
      const next = pick(this.#state);
      if (next.length === last.length && next.every((v, i) => Object.is(v, last[i]))) return;
      last = next;
      then();
    };
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }
}

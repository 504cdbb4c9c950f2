import type { ReactiveControllerHost } from "lit";
import { Problem, Unreachable } from "../api/client";
import { away } from "../state/load";

/** How long after a failure the same is asked again, in ms. */
const AGAIN = 3000;

/** A Source holds the newest answer to what an element asks; an answer that comes late never replaces a later one. */
export class Source<T> {
  value: T | null = null;
  /** What the server refused, in its words; or that it is away. */
  problem: string | "away" | null = null;
  readonly #host: ReactiveControllerHost;
  #key = "";
  #subject = "";

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** ask reads when the question is another one; of the same subject the old answer stays until the new is there. */
  ask(subject: string, moment: string, load: () => Promise<T>): void {
    const key = `${subject}|${moment}`;
    if (key === this.#key) return;
    this.#key = key;
    if (subject !== this.#subject) {
      this.#subject = subject;
      this.value = null;
      this.problem = null;
    }
    load().then(
      (value) => this.#put(key, value, null),
      (cause: unknown) => {
        if (cause instanceof Unreachable) away();
        else if (!(cause instanceof Problem)) throw cause;
        if (this.#key === key) this.#put(key, this.value, cause instanceof Problem ? cause.message : "away");
        if (cause instanceof Unreachable) setTimeout(() => this.#again(key), AGAIN);
      },
    );
  }

  /** again lets the same be asked anew: an element asks at each of its updates, which must not follow upon the answer itself. */
  #again(key: string): void {
    if (this.#key !== key) return;
    this.#key = "";
    this.#host.requestUpdate();
  }

  #put(key: string, value: T | null, problem: string | null): void {
    if (this.#key !== key) return;
    this.value = value;
    this.problem = problem;
    this.#host.requestUpdate();
  }
}

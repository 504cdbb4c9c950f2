import { html, nothing } from "lit";
import type { Problem } from "../api/client";
import { sentenceGap } from "../i18n";
import { app } from "../state/app";
import { away } from "../state/load";
import { type Answered, freshKey, once, type Sent, unsent, type Write } from "../state/unsent";
import "../ui/record";
import { type Fault, faultsOf } from "./told";

/** What a form sends; its key is made when it is sent. */
export type Written = Omit<Write, "key">;

/** write sends what a form holds, under a key of its own; what was written is on the page at once. `later` hears what became of it where no answer came at first, null where it was given up. */
export async function write(written: Written, later?: (sent: Answered | null) => void): Promise<Sent> {
  const key = freshKey();
  const sent = await unsent.send({ key, ...written });
  if (sent.kind === "answered") moved();
  if (sent.kind === "unanswered" && later) {
    const stop = unsent.ended((ended, became) => {
      if (ended !== key) return;
      if (became?.kind !== "refused") stop();
      later(became);
    });
  }
  return sent;
}

/** check lets the server judge what would be written; nothing is, so nothing is kept and no key is needed. */
export async function check(written: Written): Promise<Sent> {
  const { path } = written;
  const sent = await once({ ...written, path: `${path}${path.includes("?") ? "&" : "?"}dry_run=true` });
  if (sent.kind === "unanswered") away();
  return sent;
}

/** here is the address at which what an element shows can be opened again. */
export function here(element: Element): string {
  const url = new URL(location.href);
  for (const kind of ["holding", "contract"] as const) {
    const within = element.closest<HTMLElement & { code: string }>(`zb-${kind}`);
    if (!within || !url.pathname.startsWith("/p")) continue;
    url.searchParams.delete("holding");
    url.searchParams.delete("contract");
    url.searchParams.set(kind, within.code);
  }
  return url.pathname + url.search;
}

/** moved lets the lists ask again now; the map and the figures follow when the server says what has moved. */
export const moved = (): void => app.set({ revision: app.state.revision + 1 });

/** What a refusal says, by the pointer to the field that it speaks of. */
export type Problems = ReadonlyMap<string, readonly string[]>;

/** problemsOf says each fault in the words of the page where it has any, else in those of the server. */
export function problemsOf(
  problem: Problem,
  inWords: (fault: Fault) => string | undefined = () => undefined,
): Problems {
  const problems = new Map<string, string[]>();
  for (const e of faultsOf(problem)) {
    const said = inWords(e) ?? [e.detail, e.mend].filter(Boolean).join(sentenceGap());
    const pointer = e.pointer ?? "";
    problems.set(pointer, [...(problems.get(pointer) ?? []), said]);
  }
  return problems;
}

/** others lists what is said of no field that the form shows. */
export function others(problems: Problems, shown: (pointer: string) => boolean) {
  const all = [...problems].flatMap(([pointer, said]) => (shown(pointer) ? [] : said));
  return all.length > 0
    ? html`<div role="alert"><ul class="bad data">${all.map((text) => html`<li>${whole(text)}</li>`)}</ul></div>`
    : nothing;
}

/** whole keeps the codes of a sentence in one piece each. */
export const whole = (text: string) =>
  text.split(/\b([A-Z]-\d+)\b/).map((part, i) => (i % 2 === 1 ? html`<span class="nw">${part}</span>` : part));

export const atField = (problems: Problems, pointer: string): string | undefined =>
  problems.get(pointer)?.join(sentenceGap());

// The keyboard of a phone lies over the page; what must stay in reach keeps above it.
const viewport = window.visualViewport;
viewport?.addEventListener("resize", () => {
  const hidden = viewport.scale > 1 ? 0 : Math.max(0, innerHeight - viewport.height - viewport.offsetTop);
  document.documentElement.style.setProperty("--keyboard", `${Math.round(hidden)}px`);
});

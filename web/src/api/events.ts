import { createParser } from "eventsource-parser";
import { signedIn } from "./client";
import type { Touched } from "./types";

/** What the stream may tell. */
export interface EventHandlers {
  ready(hello: { version: string; default_at: string }): void;
  change(changes: Touched[]): void;
  reload(): void;
  away(): void;
  back(): void;
  lost(): void;
}

const firstWait = 1_000;
const longestWait = 15_000;
const longestSilence = 40_000; // the server beats every 15 s

/**
 * listen follows /api/v1/events for ever. It reads the stream itself instead of through EventSource, because only so
 * are the heartbeats seen: a server that hangs or a cable that is pulled says nothing, and EventSource would wait.
 */
export function listen(handlers: EventHandlers): () => void {
  let wait = firstWait;
  let lastId = "";
  let stopped = false;
  let stream: AbortController | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;

  const parser = createParser({
    onEvent: (event) => {
      if (event.id) lastId = event.id;
      dispatch(event.event ?? "message", event.data, handlers);
    },
  });

  const open = async () => {
    const own = new AbortController();
    stream = own;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => own.abort(), longestSilence);
    };
    heard();
    try {
      const answer = await fetch("/api/v1/events", {
        cache: "no-store",
        headers: { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) },
        signal: own.signal,
      });
      if (answer.status === 401) await signedIn();
      if (!answer.ok || !answer.body) throw new Error(String(answer.status));
      parser.reset();
      const reader = answer.body
        .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
        .getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        wait = firstWait;
        heard();
        parser.feed(part.value);
      }
    } catch {
      // refused, cut or silent: all the same to the reader
    }
    clearTimeout(silence);
    if (stopped || stream !== own) return;
    handlers.lost();
    again = setTimeout(open, wait);
    wait = Math.min(wait * 2, longestWait);
  };

  const now = () => {
    wait = firstWait;
    clearTimeout(again);
    stream?.abort();
    void open();
  };
  const cut = () => stream?.abort();
  window.addEventListener("online", now);
  window.addEventListener("offline", cut);
  void open();
  return () => {
    stopped = true;
    clearTimeout(again);
    stream?.abort();
    window.removeEventListener("online", now);
    window.removeEventListener("offline", cut);
  };
}

function dispatch(name: string, data: string, to: EventHandlers): void {
  if (name === "ready") to.ready(JSON.parse(data));
  else if (name === "change") to.change((JSON.parse(data) as { changes: Touched[] | null }).changes ?? []);
  else if (name === "reload") to.reload();
  else if (name === "away") to.away();
  else if (name === "back") to.back();
}

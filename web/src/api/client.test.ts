import { afterEach, expect, it, vi } from "vitest";
import { getJson, Unreachable } from "./client";

afterEach(() => vi.unstubAllGlobals());

/** An answer that is cut off after its first bytes. */
function cut(): Response {
  const body = new ReadableStream<Uint8Array>({
    start(c) {
      c.enqueue(new TextEncoder().encode('{"items":['));
      c.error(new TypeError("network error"));
    },
  });
  return new Response(body, { status: 200 });
}

it("takes an answer that is cut off for a server that cannot be reached, and a caller's abort for an abort", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => cut()),
  );
  await expect(getJson("/api/v1/round")).rejects.toBeInstanceOf(Unreachable);
  const own = new AbortController();
  own.abort(new DOMException("no longer wanted", "AbortError"));
  await expect(getJson("/api/v1/round", own.signal)).rejects.not.toBeInstanceOf(Unreachable);
});

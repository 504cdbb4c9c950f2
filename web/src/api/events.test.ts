import { afterEach, expect, it, vi } from "vitest";
import { type EventHandlers, listen } from "./events";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function handlers() {
  return {
    ready: vi.fn(),
    change: vi.fn(),
    reload: vi.fn(),
    away: vi.fn(),
    back: vi.fn(),
    lost: vi.fn(),
  } satisfies EventHandlers;
}

/** A stream that says some lines and then stays open or ends. */
function stream(text: string, ends: boolean): Response {
  const body = new ReadableStream<Uint8Array>({
    start(c) {
      c.enqueue(new TextEncoder().encode(text));
      if (ends) c.close();
    },
  });
  return new Response(body, { status: 200 });
}

it("tells what the stream tells, and comes back with the last id after it ends", async () => {
  vi.useFakeTimers();
  const fetch = vi
    .fn<(path: string, init: RequestInit) => Promise<Response>>()
    .mockResolvedValueOnce(
      stream(
        'id: 7\nevent: ready\ndata: {"version":"1","default_at":"2026-11-24"}\n\nid: 8\nevent: change\ndata: {"changes":[]}\n\n: beat\n\n',
        true,
      ),
    )
    .mockImplementation(() => Promise.resolve(stream(": beat\n\n", false)));
  vi.stubGlobal("fetch", fetch);
  const h = handlers();
  const stop = listen(h);
  await vi.advanceTimersByTimeAsync(10);
  expect(h.ready).toHaveBeenCalledWith({ version: "1", default_at: "2026-11-24" });
  expect(h.change).toHaveBeenCalledWith([]);
  expect(h.lost).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(fetch.mock.calls[1]?.[1].headers).toMatchObject({ "Last-Event-ID": "8" });
  stop();
});

it("waits longer after each refusal, up to a quarter of a minute", async () => {
  vi.useFakeTimers();
  const fetch = vi.fn(() => Promise.reject(new TypeError("refused")));
  vi.stubGlobal("fetch", fetch);
  const stop = listen(handlers());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetch.mock.calls.length).toBeGreaterThanOrEqual(6); // at 0, 1, 3, 7, 15, 30, 45, 60 s
  expect(fetch.mock.calls.length).toBeLessThanOrEqual(8);
  stop();
});

it("takes a stream without a heartbeat for lost", async () => {
  vi.useFakeTimers();
  const fetch = vi.fn((_path: string, init: RequestInit) => {
    const answer = stream(": beat\n\n", false);
    const cut = new Promise<never>((_, reject) =>
      init.signal?.addEventListener("abort", () => reject(new DOMException("cut", "AbortError"))),
    );
    const reader = answer.body?.getReader();
    const body = new ReadableStream<Uint8Array>({
      async pull(c) {
        const part = await Promise.race([reader?.read(), cut]);
        if (part?.value) c.enqueue(part.value);
      },
    });
    return Promise.resolve(new Response(body));
  });
  vi.stubGlobal("fetch", fetch);
  const h = handlers();
  const stop = listen(h);
  await vi.advanceTimersByTimeAsync(39_000);
  expect(h.lost).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(h.lost).toHaveBeenCalledTimes(1);
  stop();
});

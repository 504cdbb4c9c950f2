import type { ReactiveControllerHost } from "lit";
import { describe, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../api/client";
import { Source } from "./source";

function later<T>() {
  let put: (v: T) => void = () => {};
  let fail: (e: unknown) => void = () => {};
  const promise = new Promise<T>((a, b) => {
    put = a;
    fail = b;
  });
  return { promise, put, fail };
}
const settle = () => new Promise((done) => setTimeout(done));

describe("a source", () => {
  const host = { requestUpdate() {} } as unknown as ReactiveControllerHost;

  it("asks once a question, and lets no late answer replace a later one", async () => {
    const source = new Source<string>(host);
    const [slow, quick] = [later<string>(), later<string>()];
    let asked = 0;
    const ask = (moment: string, promise: Promise<string>) =>
      source.ask("P-02", moment, () => {
        asked++;
        return promise;
      });
    ask("2022-03-30", slow.promise);
    ask("2022-03-30", slow.promise);
    ask("2022-03-31", quick.promise);
    expect(asked).toBe(2);
    quick.put("31");
    await settle();
    expect(source.value).toBe("31");
    slow.put("30");
    await settle();
    expect(source.value).toBe("31");
  });

  it("keeps the old answer of the same subject until the new is there, and drops it for another subject", async () => {
    const source = new Source<string>(host);
    source.ask("P-01", "a", () => Promise.resolve("first"));
    await settle();
    const next = later<string>();
    source.ask("P-01", "b", () => next.promise);
    expect(source.value).toBe("first");
    source.ask("P-02", "b", () => later<string>().promise);
    expect(source.value).toBeNull();
  });

  it("tells a refusal in the server's words", async () => {
    const source = new Source<string>(host);
    source.ask("x", "a", () =>
      Promise.reject(new Problem({ type: "", title: "No", status: 422, code: "x", detail: "为何" })),
    );
    await settle();
    expect(source.problem).toBe("为何");
  });

  it("asks a server that is away again after a while, however often its element asks", async () => {
    vi.useFakeTimers();
    try {
      let asked = 0;
      const source: Source<string> = new Source<string>({
        requestUpdate: () => ask(),
      } as unknown as ReactiveControllerHost);
      const ask = () =>
        source.ask("x", "a", () => {
          asked++;
          return Promise.reject(new Unreachable());
        });
      ask();
      await vi.advanceTimersByTimeAsync(1000);
      expect(source.problem).toBe("away");
      expect(asked).toBe(1);
      await vi.advanceTimersByTimeAsync(3000);
      expect(asked).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freshKey, Unsent, type Write } from "./unsent";

const what = { kind: "visited", subject: "H-0001", day: "2022-12-30" };
const write = (n: number): Write => ({ key: freshKey(n), path: "/api/v1/facts", body: { b: 1, a: n }, what });
const answer = (status: number, body: unknown = { warnings: [] }) => new Response(JSON.stringify(body), { status });
const problem = (status: number) => answer(status, { code: "fact.in_future", status, detail: "还没有到" });

describe("what was not answered", () => {
  const ask = vi.fn<typeof fetch>();
  const sentWith = (i: number) => {
    const init = ask.mock.calls[i]?.[1];
    return { key: new Headers(init?.headers).get("Idempotency-Key"), body: init?.body };
  };

  afterEach(() => vi.unstubAllGlobals());
  beforeEach(() => {
    localStorage.clear();
    ask.mockReset();
    vi.stubGlobal("fetch", ask);
  });

  it.each([
    ["a network that fails", () => Promise.reject(new TypeError("cut"))],
    ["503", async () => answer(503)],
    ["500", async () => problem(500)],
    ["429", async () => problem(429)],
    ["an answer that is torn", async () => new Response('{"id":', { status: 201 })],
  ])("is kept after %s and sent again, under the same key and with the same body", async (_, fails) => {
    ask.mockImplementationOnce(fails).mockResolvedValueOnce(answer(201));
    const first = write(1);
    expect((await new Unsent().send(first)).kind).toBe("unanswered");
    const later = new Unsent(); // the page was loaded anew
    expect(later.list()).toEqual([first]);
    expect(await later.again(false)).toBe(1);
    expect(later.list()).toEqual([]);
    expect(sentWith(1)).toEqual(sentWith(0));
    expect(sentWith(0)).toEqual({ key: first.key, body: '{"b":1,"a":1}' });
  });

  it("is stored before it is sent, and not shown while it is on its way", async () => {
    let stored = 0;
    const all = new Unsent();
    ask.mockImplementationOnce(async () => {
      stored = localStorage.length;
      expect(all.list()).toEqual([]);
      return answer(201);
    });
    expect(await all.send(write(1))).toEqual({ kind: "answered", answer: { warnings: [] } });
    expect([stored, localStorage.length]).toEqual([1, 0]);
  });

  it("keeps the method of a change, what it is based on, and what its form held, and sends them again", async () => {
    const draft = { of: "contract:C-0001", where: "/plots/L-000001?contract=C-0001", held: { reason: "笔误" } };
    const change: Write = {
      key: freshKey(1),
      path: "/api/v1/contracts/C-0001",
      method: "PATCH",
      body: { amount: null },
      match: '"3.0.abcd"',
      what: { act: "correct", subject: "C-0001" },
      draft,
    };
    ask.mockRejectedValueOnce(new TypeError("cut")).mockResolvedValueOnce(answer(200));
    await new Unsent().send(change);
    const later = new Unsent();
    expect(later.list()).toEqual([change]);
    expect(await later.again(false)).toBe(1);
    for (const i of [0, 1]) {
      const init = ask.mock.calls[i]?.[1];
      expect([init?.method, init?.body]).toEqual(["PATCH", '{"amount":null}']);
      expect(init?.headers).toMatchObject({
        "Content-Type": "application/merge-patch+json",
        "If-Match": '"3.0.abcd"',
        "Idempotency-Key": change.key,
      });
    }
  });

  it("tells the form what became of what was kept, and that it was given up", async () => {
    const all = new Unsent();
    const told: [string, string | undefined][] = [];
    all.ended((key, sent) => told.push([key, sent?.kind]));
    const [first, second, third] = [write(1), write(2), write(3)];
    ask.mockRejectedValue(new TypeError("cut"));
    for (const w of [first, second, third]) await all.send(w);
    await all.again(false);
    expect(told).toEqual([]); // nothing has become of them yet
    ask.mockResolvedValueOnce(answer(201)).mockResolvedValueOnce(problem(422));
    await all.again(false);
    all.discard(third.key);
    expect(told).toEqual([
      [first.key, "answered"],
      [second.key, "refused"],
      [third.key, undefined],
    ]);
  });

  it("may be answered with nothing, and need have no body", async () => {
    ask.mockResolvedValueOnce(new Response(null, { status: 204 }));
    const gone: Write = { ...write(1), method: "DELETE", body: undefined, match: '"1"' };
    expect(await new Unsent().send(gone)).toEqual({ kind: "answered", answer: null });
    expect(ask.mock.calls[0]?.[1]).toMatchObject({ method: "DELETE" });
    expect(ask.mock.calls[0]?.[1]).not.toHaveProperty("body");
  });

  it("is not kept when it is refused: the form still has it", async () => {
    ask.mockResolvedValueOnce(problem(422));
    const all = new Unsent();
    expect(await all.send(write(1))).toMatchObject({ kind: "refused", problem: { message: "还没有到" } });
    expect(all.list()).toEqual([]);
  });

  it("waits for a person when it is refused later, and for the network when that is still away", async () => {
    const all = new Unsent();
    ask.mockRejectedValue(new TypeError("cut"));
    for (const n of [2, 1]) await all.send(write(n));
    ask.mockClear();
    expect(await all.again(false)).toBe(0);
    expect(ask).toHaveBeenCalledTimes(1); // the second would not arrive either
    ask.mockReset();
    ask.mockResolvedValueOnce(problem(409)).mockResolvedValueOnce(answer(201));
    expect(await all.again(false)).toBe(1);
    expect(all.list()).toMatchObject([{ refused: "还没有到", body: { a: 1 } }]);
    expect(await all.again(false)).toBe(0);
    expect(ask).toHaveBeenCalledTimes(2);
    ask.mockResolvedValueOnce(answer(201));
    expect(await all.again(true)).toBe(1);
    expect(all.list()).toEqual([]);
  });

  it("is dropped when it is discarded; two tabs do not touch each other's", async () => {
    ask.mockRejectedValue(new TypeError("cut"));
    const [one, two] = [new Unsent(), new Unsent()];
    const [a, b] = [write(1), write(2)];
    await Promise.all([one.send(a), two.send(b)]);
    expect(one.list()).toEqual([a, b]);
    two.discard(a.key);
    expect(one.list()).toEqual([b]);
  });

  it("stays in memory where the browser refuses to store it, and says so", async () => {
    const full = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    vi.stubGlobal("localStorage", { setItem: full, removeItem: full });
    ask.mockRejectedValue(new TypeError("cut"));
    const all = new Unsent();
    await all.send(write(1));
    expect([all.list().length, all.volatile]).toEqual([1, true]);
    expect(await all.send({ ...write(2), key: "x" })).toEqual({ kind: "unanswered" });
    all.discard("x");
    expect(all.list().length).toBe(1);
  });

  it("passes over what somebody else stored under its name", () => {
    localStorage.setItem("zhengbei.unsent.x", "rubbish");
    localStorage.setItem("zhengbei.unsent.y", "null");
    expect(new Unsent().list()).toEqual([]);
  });

  it("is stored nowhere where it holds what is kept on no disk, and sent again all the same", async () => {
    ask.mockImplementationOnce(() => Promise.reject(new TypeError("cut"))).mockResolvedValueOnce(answer(200));
    const here = new Unsent();
    const held = { ...write(1), body: { phone: "13900000000" }, fleeting: true };
    expect((await here.send(held)).kind).toBe("unanswered");
    expect(JSON.stringify({ ...localStorage })).not.toContain("13900000000");
    expect(here.volatile).toBe(true);
    expect(here.list()).toEqual([held]);
    expect(await here.again(false)).toBe(1);
    expect(here.volatile).toBe(false);
  });
});

describe("freshKey", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  it("is a UUID that sorts by its instant", () => {
    const keys = [1, 2, 1_800_000_000_000].map((n) => freshKey(n));
    for (const key of keys) expect(key).toMatch(uuid);
    expect([...keys].sort()).toEqual(keys);
  });
  it("is one also where the page is not served securely", () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const keys = Array.from({ length: 50 }, () => freshKey());
    vi.unstubAllGlobals();
    for (const key of keys) expect(key).toMatch(uuid);
    expect(new Set(keys).size).toBe(50);
  });
});

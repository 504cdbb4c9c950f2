import { expect, it, vi } from "vitest";
import { Store } from "./store";

it("tells only those whose part moved, and stops when asked", () => {
  const store = new Store({ a: 1, b: 1 });
  const a = vi.fn();
  const stop = store.watch((s) => [s.a], a);
  store.set({ b: 2 });
  expect(a).not.toHaveBeenCalled();
  store.set({ a: 2 });
  store.set({ a: 2 });
  expect(a).toHaveBeenCalledTimes(1);
  stop();
  store.set({ a: 3 });
  expect(a).toHaveBeenCalledTimes(1);
});

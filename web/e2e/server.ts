import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FullConfig } from "@playwright/test";
import { freshFolder, type Running, remove, start } from "./binary";
import { settle } from "./people";

const run = promisify(execFile);

/** A Pair is what one worker tests: the real database and the demonstration. */
type Pair = Record<"ZHENGBEI_URL" | "ZHENGBEI_E2E_DATA" | "ZHENGBEI_DEMO_URL" | "ZHENGBEI_E2E_DEMO_DATA", string>;

/**
 * Two servers for each worker, whose tests change their rows, unless the environment names two that run already: those
 * one worker tests. Somebody of each role is signed in on each; of servers that run already the environment names the folder.
 */
export default async function setup({ workers }: FullConfig): Promise<() => Promise<void>> {
  if (process.env.ZHENGBEI_URL) return async () => {};
  const running: Running[] = [];
  const folders: string[] = [];
  const kept = <F extends string>(folder: F): F => {
    folders.push(folder);
    return folder;
  };
  const states = kept(mkdtempSync(join(tmpdir(), "zhengbei-e2e-states-")));
  process.env.ZHENGBEI_E2E_STATES = states;
  const begin = async (data: string, demo: boolean): Promise<Running> => {
    const server = await start(data, "127.0.0.1:0", demo);
    running.push(server);
    return server;
  };
  /** Making the demonstration takes longest, so it is made once and copied; the cookies are as good in a copy. */
  const each = async (demo: boolean): Promise<Running[]> => {
    const first = await begin(kept(freshFolder()), demo);
    await settle(first, join(states, demo ? "demo" : "real"));
    if (workers === 1) return [first];
    await first.stop();
    const copies = Array.from({ length: workers - 1 }, () => kept(freshFolder()));
    await Promise.all(copies.map((folder) => run("cp", ["-a", `${first.data}/.`, folder])));
    return Promise.all([first.data, ...copies].map((data) => begin(data, demo)));
  };
  const end = async () => {
    await Promise.all(running.map((server) => server.stop()));
    for (const folder of folders) remove(folder);
  };
  const begun = await Promise.allSettled([each(false), each(true)]);
  for (const b of begun)
    if (b.status === "rejected") {
      await end(); // nobody else would
      throw b.reason;
    }
  const [real = [], demo = []] = begun.map((b) => (b.status === "fulfilled" ? b.value : []));
  const pairs = real.map(
    ({ url, data }, i): Pair => ({
      ZHENGBEI_URL: url,
      ZHENGBEI_E2E_DATA: data,
      ZHENGBEI_DEMO_URL: demo[i]?.url ?? "",
      ZHENGBEI_E2E_DEMO_DATA: demo[i]?.data ?? "",
    }),
  );
  process.env.ZHENGBEI_E2E_PAIRS = JSON.stringify(pairs);
  return end;
}

/** takePair points a worker to the servers that are its own. */
export function takePair(): void {
  const pairs = JSON.parse(process.env.ZHENGBEI_E2E_PAIRS ?? "[]") as Pair[];
  Object.assign(process.env, pairs[Number(process.env.TEST_PARALLEL_INDEX ?? 0)]);
}

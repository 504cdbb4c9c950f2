import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshFolder, type Running, remove, start } from "./binary";
import { settle } from "./people";

/**
 * Two servers for the whole run, unless the environment names ones that run already: the real database and the
 * demonstration. Somebody of each role is signed in on each; of servers that run already the environment names the folder.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const own: Running[] = [];
  const states = process.env.ZHENGBEI_E2E_STATES ?? mkdtempSync(join(tmpdir(), "zhengbei-e2e-states-"));
  process.env.ZHENGBEI_E2E_STATES = states;
  const begin = async (demo: boolean): Promise<Running> => {
    const server = await start(freshFolder(), "127.0.0.1:0", demo);
    own.push(server);
    await settle(server, join(states, demo ? "demo" : "real"));
    return server;
  };
  const end = async () => {
    for (const server of own) {
      await server.stop();
      remove(server.data);
    }
    if (own.length > 0) rmSync(states, { recursive: true, force: true });
  };
  try {
    if (!process.env.ZHENGBEI_URL) {
      const real = await begin(false);
      process.env.ZHENGBEI_URL = real.url;
      process.env.ZHENGBEI_E2E_DATA = real.data;
    }
    if (!process.env.ZHENGBEI_DEMO_URL) {
      const demo = await begin(true);
      process.env.ZHENGBEI_DEMO_URL = demo.url;
      process.env.ZHENGBEI_E2E_DEMO_DATA = demo.data;
    }
  } catch (cause) {
    await end(); // nobody else would
    throw cause;
  }
  return end;
}

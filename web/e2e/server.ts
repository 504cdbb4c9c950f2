import { freshFolder, type Running, remove, start } from "./binary";

/** Two servers for the whole run, unless the environment names ones that run already: the real database and the demonstration. */
export default async function setup(): Promise<() => Promise<void>> {
  const own: Running[] = [];
  const begin = async (demo: boolean): Promise<Running> => {
    const server = await start(freshFolder(), "127.0.0.1:0", demo);
    own.push(server);
    return server;
  };
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
  return async () => {
    for (const server of own) {
      await server.stop();
      remove(server.data);
    }
  };
}

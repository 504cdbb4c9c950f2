import { freshFolder, remove, start } from "./binary";

/** One server for the whole run, unless ZHENGBEI_URL names one that runs already. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.ZHENGBEI_URL) return undefined;
  const data = freshFolder();
  const server = await start(data);
  process.env.ZHENGBEI_URL = server.url;
  process.env.ZHENGBEI_E2E_DATA = data;
  return async () => {
    await server.stop();
    remove(data);
  };
}

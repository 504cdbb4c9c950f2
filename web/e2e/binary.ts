import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A running zhengbei with a data folder of its own. */
export interface Running {
  url: string;
  data: string;
  pid: number;
  /** The one-time links that it printed, by the name of the account; none once somebody of a real database has come in. */
  links: Record<string, string>;
  /** stop ends it as Ctrl-C does; it answers when all of it is gone. */
  stop(): Promise<void>;
}

/** freshFolder can be entered by PostgreSQL's own user, as which the server runs it when it is root. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "zhengbei-e2e-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** start runs the built binary until it says where it listens; with `demo` it serves the demonstration. */
export async function start(
  data: string,
  address = "127.0.0.1:0",
  demo = false,
  settings: Record<string, string> = {},
): Promise<Running> {
  const binary = resolve(process.env.ZHENGBEI_BIN ?? "../.bin/zhengbei");
  const child = spawn(binary, demo ? ["serve", "--demo"] : ["serve"], {
    env: { ...process.env, ZHENGBEI_ADDR: address, ZHENGBEI_DATA: data, ZHENGBEI_LOG: "warn", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { url, links } = await ready(child);
  return {
    url,
    data,
    pid: child.pid ?? 0,
    links,
    stop: () =>
      new Promise((done) => {
        if (child.exitCode !== null) return done();
        child.once("exit", () => done());
        child.kill("SIGCONT");
        child.kill("SIGINT");
      }),
  };
}

function ready(child: ChildProcess): Promise<Pick<Running, "url" | "links">> {
  return new Promise((done, fail) => {
    let said = "";
    const hear = (part: Buffer) => {
      said += part;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      const links = [...said.matchAll(/^ +(\w+) +http\S+\/welcome(#\S+)$/gm)].map(([, name, link]) => [name, link]);
      if (url) done({ url, links: Object.fromEntries(links) }); // all of it is printed at once
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", (part: Buffer) => {
      said += part;
    });
    child.once("exit", (code) => fail(new Error(`zhengbei ended with ${code}:\n${said}`)));
    child.once("error", fail);
  });
}

export const remove = (data: string): void => rmSync(data, { recursive: true, force: true });

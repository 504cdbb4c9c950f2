import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const text = /\.(html|js|css|svg|json|webmanifest)$/;

/** compress writes a .gz and a .br beside each text file once, so that the server never compresses a static file. */
export function compress(): Plugin {
  let dist = "dist";
  return {
    name: "zhengbei-compress",
    apply: "build",
    configResolved(config) {
      dist = config.build.outDir;
    },
    closeBundle() {
      for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !text.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const body = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(body, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
      writeFileSync(join(dist, ".keep"), ""); // the Go side embeds the folder, which must exist before the first build
    },
  };
}

import { defineConfig } from "vitest/config";
import { compress } from "./build/compress.ts";

const server = process.env.ZHENGBEI_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 0, // a data: address in the style would be one more thing for the content policy to allow
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [compress()],
  server: { proxy: { "/api": server, "/ogc": server, "/tiles": server } },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], restoreMocks: true },
});

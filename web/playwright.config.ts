import { defineConfig } from "@playwright/test";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What differs by size and language most; with E2E=all each spec sees each size in each language. */
const shorter = /(overview|feature|sign-in|accounts|audit|record|personal|map)\.spec\.ts/;
const all = process.env.E2E === "all";

const desktop = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/server.ts",
  forbidOnly: true,
  workers: process.env.ZHENGBEI_URL ? 1 : 2, // each has servers of its own, since tests change their rows
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "desktop-zh", use: { ...desktop }, metadata: { language: "zh", phone: false } },
    ...(all ? [{ name: "desktop-en", use: { ...desktop }, metadata: { language: "en", phone: false } }] : []),
    ...(all ? [{ name: "phone-zh", use: { ...phone }, metadata: { language: "zh", phone: true } }] : []),
    {
      name: "phone-en",
      ...(all ? {} : { testMatch: shorter }),
      use: { ...phone },
      metadata: { language: "en", phone: true },
    },
  ],
});

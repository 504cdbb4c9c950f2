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

const timed = /fast\.spec\.ts/;

const desktop = { viewport: { width: 1440, height: 900 } };
const onPhone = { viewport: { width: 390, height: 844 }, hasTouch: true };

const size = (language: "zh" | "en", phone: boolean) => ({
  use: phone ? onPhone : desktop,
  metadata: { language, phone },
});

const sizes = [
  { name: "desktop-zh", testIgnore: timed, ...size("zh", false) },
  ...(all ? [{ name: "desktop-en", testIgnore: timed, ...size("en", false) }] : []),
  ...(all ? [{ name: "phone-zh", testIgnore: timed, ...size("zh", true) }] : []),
  { name: "phone-en", testIgnore: timed, ...(all ? {} : { testMatch: shorter }), ...size("en", true) },
];

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
    ...sizes,
    // What is held to a time is measured after all others, while nothing else of the tests runs.
    { name: "alone", testMatch: timed, dependencies: sizes.map(({ name }) => name), ...size("zh", false) },
  ],
});

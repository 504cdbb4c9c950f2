import { freshFolder, type Running, remove, start } from "./binary";
import { accessible, become, diagonal, drawn, expect, oneLanguage, shot, test } from "./page";
import { settle, stateOf } from "./people";
import { correct, psql } from "./psql";

test("a row changed in psql is on the page by itself, without a blank frame", async ({ page, project }) => {
  const data = process.env.ZHENGBEI_E2E_DATA;
  test.skip(!data, "the data folder of a server that runs already is not ours");
  const zh = project.language === "zh";
  await page.goto("/parcels/P-05#14/22.69000/114.01000");
  await drawn(page);
  const versions = page.locator(".hist li");
  await expect(versions.first()).toBeVisible(); // the history follows the feature
  const before = await versions.count();
  // Every frame from now on: the part of the map that is drawn must never fall to nothing.
  await page.evaluate(() => {
    const least = { tiles: 1 };
    (window as unknown as { least: typeof least }).least = least;
    const look = () => {
      const tiles = [...document.querySelectorAll<HTMLCanvasElement>(".leaflet-tile-pane canvas")];
      if (tiles.length === 0 || tiles.some((c) => c.width === 0)) least.tiles = 0;
      requestAnimationFrame(look);
    };
    look();
  });
  if (data) psql(data, correct("P-05", 1));
  await expect(versions).toHaveCount(before + 1);
  await expect(versions.first()).toContainText(zh ? "更正" : "Corrected");
  await expect(page.locator(".word")).toContainText(zh ? "重点产业片区五 有更新" : "Industrial area 5 was updated");
  expect(await page.evaluate(() => (window as unknown as { least: { tiles: number } }).least.tiles)).toBe(1);
});

test.describe("when the server is away", () => {
  // What cannot be reached, and the stream that is asked for at the very moment when the server stops.
  test.use({ allowed: /ERR_|Failed to load resource|^503 \S+\/api\/v1\/events$/ });
  let own: Running;
  let data = "";

  test.beforeEach(async ({ project, page }, info) => {
    diagonal(project);
    data = freshFolder();
    own = await start(data);
    await settle(own, info.outputPath("states"));
    await become(page, stateOf(info.outputPath("states"), "officer"));
  });
  test.afterEach(async () => {
    if (!data) return; // skipped
    await own.stop();
    remove(data);
  });

  test("it says so calmly, keeps what is loaded, and comes back by itself", async ({ page, project }, info) => {
    test.slow();
    const zh = project.language === "zh";
    const stream = page.waitForResponse("**/api/v1/events");
    await page.goto(own.url);
    await drawn(page);
    await stream;
    await page.waitForFunction(() => ["zb-feature", "zb-unsent"].every((name) => customElements.get(name))); // what is loaded ahead
    await own.stop();
    const word = page.locator(".word");
    await expect(word).toContainText(zh ? "与服务器断开" : /[Ss]erver away/, { timeout: 10_000 });
    await oneLanguage(page, project.language);
    await accessible(page);
    await shot(page, `away-${info.project.name}`);
    await page.locator(".ovt tbody a").first().click();
    await expect(page.locator(".ar")).toContainText("1,575.0");
    await page.locator(".crumb a").click();
    if (!project.phone) {
      await page.locator(".date .ib").first().click();
      await expect(page).not.toHaveURL(/at=/); // no other day's date above today's figures
      await page.keyboard.press("/");
      await page.keyboard.type("福城");
      await expect(page.locator(".found")).toContainText(zh ? "福城南产业片区" : "Fucheng South");
      await page.keyboard.press("Escape");
    }
    own = await start(data, new URL(own.url).host);
    await expect(word).toContainText(zh ? "已重新连上" : "connected again", { timeout: 25_000 });
  });

  test("a server that hangs is noticed by its silence", async ({ page, project }) => {
    test.skip(process.env.E2E !== "all", "it waits for 40 s of silence; the unit test of the stream holds the essence");
    test.skip(project.phone || project.language === "en", "once is enough");
    test.setTimeout(90_000);
    await page.goto(own.url);
    await drawn(page);
    process.kill(own.pid, "SIGSTOP");
    await expect(page.locator(".word")).toContainText("与服务器断开", { timeout: 60_000 });
    process.kill(own.pid, "SIGCONT");
    await expect(page.locator(".word")).toContainText("已重新连上", { timeout: 25_000 });
  });
});

test("works with every connection but the server's cut off", async ({ page, url }) => {
  const asked = new Set<string>();
  await page.route("**/*", (route) => {
    const { origin } = new URL(route.request().url());
    asked.add(origin);
    return origin === url ? route.continue() : route.abort();
  });
  await page.goto("/parcels/P-02");
  await drawn(page);
  await expect(page.locator(".name")).toBeVisible();
  expect([...asked]).toEqual([url]);
});

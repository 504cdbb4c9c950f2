import { accessible, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

// Both sizes and both languages are seen, not each with each: all tests stay within ten minutes.
test.beforeEach(({ project }) => diagonal(project));

test("finds 福城南 by search, reads its 亩 and its source", async ({ page, project }, info) => {
  const zh = project.language === "zh";
  await page.goto("/");
  await drawn(page);
  if (project.phone) await page.getByRole("button", { name: zh ? "搜索" : "Search" }).click();
  else await page.keyboard.press("/");
  const field = page.getByRole("combobox");
  await expect(field).toBeFocused();
  await page.keyboard.type("福城南");
  const first = page.getByRole("option").first();
  await expect(first).toContainText(zh ? "福城南产业片区" : "Fucheng South industrial area");
  await accessible(page);
  await shot(page, `search-${info.project.name}`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/parcels\/P-02/);
  const panel = page.locator(".panel");
  await expect(panel.locator(".ar")).toContainText("1,155.02");
  await expect(panel.locator(".ar")).toContainText("770,010.58");
  await expect(panel).toContainText("247");
  await expect(panel.locator(".src-text")).toContainText("epaper.oeeee.com");
  await expect(panel.locator(".src-text a")).toHaveCount(0);
  await expect(panel.locator(".hist li")).not.toHaveCount(0);
  await expect(page).toHaveTitle(zh ? /福城南产业片区/ : /Fucheng South/);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `parcel-${info.project.name}`);
});

test("a station moves the map only", async ({ page, project }) => {
  await page.goto("/");
  await drawn(page);
  if (project.phone) await page.locator("zb-search .ib").click();
  else await page.keyboard.press("/");
  await page.keyboard.type("Zhucun");
  await expect(page.getByRole("option").first()).toContainText(project.language === "zh" ? "竹村" : "Zhucun");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/#1\d(\.\d+)?\/22\.689/);
  await expect(page.locator(".ovt").first()).toBeVisible();
});

test("walks from a parcel to its zone and back by Back", async ({ page, project }) => {
  await page.goto("/parcels/P-01");
  await drawn(page);
  await page.locator(".kv a").click();
  await expect(page).toHaveURL(/\/zones\/Z-04/);
  await expect(page.locator(".rel")).toContainText(project.language === "zh" ? "观湖北产业片区" : "Guanhu North");
  await expect(page.locator(".fc")).toContainText("%");
  await accessible(page);
  await page.goBack();
  await expect(page).toHaveURL(/\/parcels\/P-01/);
  await expect(page.locator(".crumb")).toContainText("P-01");
  await page.locator(".crumb a").click();
  await expect(page.locator(".ovt").first()).toBeVisible();
});

test("an address opens what it names, and a reload changes nothing", async ({ page, project }) => {
  const address = "/zones/Z-04?at=2022-03-31#15/22.69000/114.02000";
  const tiles: string[] = [];
  page.on("request", (r) => {
    if (r.url().includes("/tiles/")) tiles.push(r.url());
  });
  await page.goto(address);
  await drawn(page);
  await expect(page.locator(".name")).toContainText(project.language === "zh" ? "鹭湖中心城" : "Luhu Central City");
  await expect(page.locator(".dv")).toContainText("2022-03-31");
  expect(page.url()).toContain(address);
  await page.reload();
  await drawn(page);
  await expect(page.locator(".name")).toBeVisible();
  expect(page.url()).toContain(address);
  expect(tiles.length).toBeGreaterThan(0);
  expect(tiles.filter((url) => !url.endsWith("?at=2022-03-31"))).toEqual([]);
});

test("Back from a parcel returns to the map as it was", async ({ page, project }) => {
  await page.goto("/");
  await drawn(page);
  await page.locator(".ovt tbody a").nth(1).click();
  await expect(page).toHaveURL(/\/parcels\/P-02#1[4-6]/);
  await page.goBack();
  await expect(page).toHaveURL(project.phone ? /\/#1[01]/ : /\/#12/);
  await expect(page.locator(".ovt").first()).toBeVisible();
});

test("links are copied and the feature is downloaded", async ({ page, context, project }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/parcels/P-02");
  await drawn(page);
  const zh = project.language === "zh";
  await page.getByRole("button", { name: zh ? "复制链接" : "Copy link" }).click();
  await expect(page.locator(".copied")).toHaveText(zh ? "已复制" : "Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: zh ? "下载 GeoJSON" : "Download GeoJSON" }).click();
  expect((await waiting).suggestedFilename()).toBe("P-02.geojson");
});

test.describe("what is not there", () => {
  test.use({ allowed: /^404 .*\/P-(99|02\?at=2021-01-01)|status of 404/ });

  test("an unknown code is told calmly", async ({ page, project }, info) => {
    await page.goto("/parcels/P-99");
    await drawn(page);
    await expect(page.locator(".calm")).toContainText(
      project.language === "zh" ? "没有编号为 P-99 的产业整备片区" : "Consolidation parcel P-99 does not exist",
    );
    await oneLanguage(page, project.language);
    await accessible(page);
    await shot(page, `unknown-${info.project.name}`);
    await page.locator(".calm .btn").click();
    await expect(page.locator(".ovt").first()).toBeVisible();
  });

  test("a day before it was there says so", async ({ page }) => {
    await page.goto("/parcels/P-02?at=2021-01-01");
    await drawn(page);
    await expect(page.locator(".calm")).toContainText("2021-06-01");
  });
});

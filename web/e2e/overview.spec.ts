import { accessible, drawn, expect, fits, oneLanguage, otherLanguage, screenOf, shot, test } from "./page";

test.beforeEach(async ({ page }) => {
  await page.goto("/");
  await drawn(page);
});

test("shows the round, its target and the parcels, and nothing that is not so", async ({ page, project }, info) => {
  const zh = project.language === "zh";
  await expect(page.locator(".one")).toContainText("500");
  if (!project.phone)
    await expect(page.locator(".one")).toContainText(
      zh ? "6 个轮廓合计 525.10 公顷" : "6 outlines add up to 525.10 ha",
    );
  const parcels = page.locator("table.ovt").first();
  await expect(parcels.locator("tbody tr")).toHaveCount(6);
  await expect(parcels.locator("tfoot")).toContainText("525.10");
  await expect(parcels).toContainText(zh ? "福城南产业片区" : "Fucheng South industrial area");
  await expect(parcels.locator(".tag.ask")).toHaveCount(3);
  await expect(page.locator(".apx")).toHaveText(zh ? "示意，非法定界线" : "Schematic, not a legal boundary");
  await expect(page.locator(".one")).not.toContainText(zh ? "已释放" : "Released");
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(zh ? "zh-CN" : "en");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `overview-${info.project.name}`);
});

test("printed parts add up to the printed total", async ({ page }) => {
  const table = page.locator("table.ovt").first();
  const hundredths = async (cells: string) =>
    (await table.locator(cells).allTextContents()).map((text) => Math.round(100 * Number(text.replaceAll(",", ""))));
  for (const column of [2, 3]) {
    const parts = await hundredths(`tbody tr td:nth-child(${column})`);
    expect([parts.reduce((a, b) => a + b)]).toEqual(await hundredths(`tfoot td:nth-child(${column})`));
  }
});

test("sorts by area and by code", async ({ page }) => {
  const table = page.locator("table.ovt").first();
  const first = table.locator("tbody tr").first();
  await expect(first).toContainText("105.00");
  await table.locator("th .sort").nth(1).click();
  await expect(first).toContainText("108.00");
  await expect(table.locator("th").nth(1)).toHaveAttribute("aria-sort", "descending");
  await table.locator("th .sort").nth(1).click();
  await expect(first).toContainText("59.11");
});

test("row and map light up each other", async ({ page, project }) => {
  test.skip(project.phone, "a finger does not hover");
  const row = page.locator("table.ovt").first().locator("tbody tr").nth(3);
  await row.hover();
  await expect(row).toHaveClass(/hov/);
  await page.getByRole("button", { name: project.language === "zh" ? "全区" : "Whole district" }).click();
  const place = await screenOf(page, 114.0197, 22.7458); // inside P-04
  await page.mouse.move(place.x, place.y);
  await expect(row).toHaveClass(/hov/);
  await page.mouse.click(place.x, place.y);
  await expect(page).toHaveURL(/\/parcels\/P-04/);
  await expect(page.locator(".name")).toContainText(project.language === "zh" ? "重点产业片区四" : "Industrial area 4");
});

test("the legend filters map, table and totals, and stays over a reload", async ({ page, project }) => {
  const zh = project.language === "zh";
  const legend = page.locator(project.phone ? ".in-panel .legend" : ".on-map .legend");
  await legend.getByRole("button", { name: zh ? "名称待核实" : "Name unverified" }).click();
  await expect(page.locator("table.ovt").first().locator("tbody tr")).toHaveCount(3);
  await expect(legend.locator(".tot")).toContainText("241.11");
  await expect(page.locator("table.ovt").first().locator("tfoot")).toContainText("241.11");
  await page.reload();
  await expect(page.locator("table.ovt").first().locator("tbody tr")).toHaveCount(3);
  await accessible(page);
  await legend.getByRole("button", { name: zh ? "全部显示" : "Show all" }).click();
  await expect(page.locator("table.ovt").first().locator("tbody tr")).toHaveCount(6);
});

test("the language is a click away and is remembered", async ({ page, project }) => {
  const zh = project.language === "zh";
  await otherLanguage(page, project.phone);
  await expect(page.locator(".nav a").first()).toHaveText(zh ? "Overview" : "总览");
  await oneLanguage(page, zh ? "en" : "zh");
  await page.reload();
  await expect(page.locator(".nav a").first()).toHaveText(zh ? "Overview" : "总览");
});

test("folds the panel, and zooms by buttons and keys", async ({ page, project }) => {
  test.skip(project.phone, "the phone has a sheet");
  const zh = project.language === "zh";
  await page.getByRole("button", { name: zh ? "收起面板" : "Fold the panel" }).click();
  await expect(page.locator(".panel")).toHaveCount(0);
  expect((await page.locator("main.map").boundingBox())?.width).toBe(1440);
  await page.keyboard.press("Enter"); // the focus is on the button that unfolds
  await expect(page.locator(".panel")).toBeVisible();
  const ratio = page.locator(".ratio");
  const before = (await ratio.textContent()) ?? "";
  await page.getByRole("button", { name: zh ? "放大" : "Zoom in" }).click();
  await expect(ratio).not.toHaveText(before);
  await page.locator("#map").focus();
  await page.keyboard.press("-");
  await expect(page).toHaveURL(/#12\//);
  await page.keyboard.press("-");
  await expect(page).toHaveURL(/#11\//);
});

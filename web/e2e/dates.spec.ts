import { accessible, diagonal, drawn, expect, oneLanguage, shot, test } from "./page";

// Both sizes and both languages are seen, not each with each: all tests stay within ten minutes.
test.beforeEach(({ project }) => diagonal(project));

test("the date moves the whole page, tiles and figures alike", async ({ page, project }) => {
  await page.goto("/");
  await drawn(page);
  const tiles: string[] = [];
  page.on("request", (r) => {
    if (r.url().includes("/tiles/")) tiles.push(r.url());
  });
  await page.locator(".dv").click();
  await page.locator('input[name="at"]').fill("2022-03-31");
  await accessible(page);
  await page.locator(".pop .pri").click();
  await expect(page).toHaveURL(/\?at=2022-03-31/);
  await expect(page.locator(".dv")).toContainText("2022-03-31");
  await expect.poll(() => tiles.length > 0 && tiles.every((u) => u.includes("at=2022-03-31"))).toBe(true);
  await page.locator(".dv").click();
  await page.locator(".quick .btn").first().click(); // today
  await expect(page).toHaveURL(/\/(#.*)?$/);
  await page.goBack();
  await expect(page.locator(".dv")).toContainText("2022-03-31");
  expect(project.phone || (await page.locator(".date .ib").count()) === 2).toBe(true);
});

test("steps by days, quick steps add up, never past today", async ({ page, project }) => {
  test.skip(project.phone, "the phone has the calendar only");
  await page.goto("/?at=2022-03-31");
  await drawn(page);
  await page.locator(".date .ib").first().click();
  await expect(page.locator(".dv")).toContainText("2022-03-30");
  await page.locator(".date .ib").first().click();
  await page.locator(".date .ib").first().click();
  await page.locator(".date .ib").first().click();
  await expect(page.locator(".dv")).toContainText("2022-03-27");
  await page.locator(".date .ib").nth(1).click();
  await expect(page.locator(".dv")).toContainText("2022-03-28");
  await page.locator(".dv").click();
  await page.locator(".quick .btn").first().click();
  await expect(page.locator(".date .ib").nth(1)).toBeDisabled();
});

test("a link with a day that does not exist says so, and stops naming it", async ({ page }) => {
  await page.goto("/?at=2021-13-01");
  await drawn(page);
  await expect(page.getByText("2021-13-01")).toBeVisible();
  expect(new URL(page.url()).searchParams.has("at")).toBe(false);
});

test("the calendar is walked by keys", async ({ page }) => {
  await page.goto("/?at=2022-03-01");
  await drawn(page);
  await page.locator(".dv").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator('[data-day="2022-03-01"]')).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator('[data-day="2022-02-28"]')).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.locator('[data-day="2022-02-21"]')).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/at=2022-02-21/);
});

test("a wrong date is told at its field and nothing moves", async ({ page, project }) => {
  await page.goto("/");
  await drawn(page);
  await page.locator(".dv").click();
  await page.locator('input[name="at"]').fill("31.3.2022");
  await expect(page.locator("#date-form")).toHaveText(
    project.language === "zh" ? "请按 2022-03-31 的样式填写" : "Write it as 2022-03-31",
  );
  await expect(page.locator(".pop .pri")).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(page.locator(".pop")).toHaveCount(0);
  await expect(page.locator(".dv")).toBeFocused();
});

test("before the round the map is calm, and the panel says why and offers the start", async ({
  page,
  project,
}, info) => {
  await page.goto("/?at=2021-05-01");
  await drawn(page);
  await expect(page.locator(".calm")).toContainText("2021-06-01");
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `before-${info.project.name}`);
  await page.locator(".calm .btn").click();
  await expect(page).toHaveURL(/at=2021-06-01/);
  await expect(page.locator(".ovt").first().locator("tbody tr")).toHaveCount(6);
});

test("what was known on a day is honoured, shown and cleared", async ({ page, project }) => {
  await page.goto("/?known=2021-07-01");
  await drawn(page);
  await expect(page.locator(".kn.set")).toContainText("2021-07-01");
  await expect(page.locator(".calm")).toContainText("2021-07-01"); // nothing was recorded by then
  await accessible(page);
  await page
    .getByRole("button", { name: project.language === "zh" ? "改回按今日所知" : "Back to as known today" })
    .first()
    .click();
  await expect(page).not.toHaveURL(/known/);
  await expect(page.locator(".ovt").first()).toBeVisible();
});

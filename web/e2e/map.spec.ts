import { accessible, drawn, expect, oneLanguage, shot, test } from "./page";

test("the coordinates switch between plane and degrees", async ({ page, project }) => {
  test.skip(project.phone, "the phone has no room for them");
  await page.goto("/#15/22.69000/114.02000");
  await drawn(page);
  const xy = page.locator(".xy");
  await page.mouse.move(900, 880); // off the map, so that its centre is told
  await expect(xy).toHaveText(/^X 2,510,20\d\.\d{3} {2}Y 502,05\d\.\d{3}$/);
  await page.locator(".crs").click();
  await expect(xy).toContainText(/114\.0200\d\d°/);
  await page.mouse.move(600, 400);
  await expect(xy).not.toContainText(/114\.0200\d\d°/);
  await expect(page.locator(".ratio")).toContainText("1 :");
});

test("measures a distance and an area, and says on which surface", async ({ page, project }, info) => {
  test.skip(project.phone, "the phone's tools are fewer");
  const zh = project.language === "zh";
  await page.goto("/#15/22.69000/114.02000");
  await drawn(page);
  await page.getByRole("button", { name: zh ? "量距离" : "Measure distance" }).click();
  await page.mouse.click(500, 300);
  await page.mouse.click(700, 300);
  const card = page.locator(".measure");
  await expect(card.locator(".len b")).toHaveText(/^8\d\d\.\d\d$/); // 200 px at 4.4 m a pixel
  await page.keyboard.press("Escape");
  await expect(card).toHaveCount(0);
  await page.getByRole("button", { name: zh ? "量面积" : "Measure area" }).click();
  for (const [x, y] of [
    [500, 300],
    [700, 300],
    [700, 500],
    [500, 500],
  ] as const)
    await page.mouse.click(x, y);
  await page.keyboard.press("Enter");
  await expect(card.locator(".ar tbody tr")).toHaveCount(2);
  await expect(card).toContainText(zh ? "CGCS2000 椭球" : "CGCS2000 ellipsoid");
  await expect(card.locator(".ar tbody tr").first()).toContainText(/\d\d\.\d{4}/);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `measure-${info.project.name}`);
});

test("an outline whose sides cross has no area", async ({ page, project }) => {
  test.skip(project.phone, "the phone does not measure");
  await page.goto("/");
  await drawn(page);
  await page.locator("zb-tools button").last().click();
  const map = page.locator("#map");
  for (const [x, y] of [
    [400, 300],
    [600, 500],
    [600, 300],
    [400, 500],
  ] as const) {
    await map.click({ position: { x, y } });
    await page.waitForTimeout(350); // a second click within a double click's time would end it
  }
  await expect(page.locator("zb-measure p.ask")).toBeVisible();
  await expect(page.locator("zb-measure table")).toHaveCount(0);
});

test("measures by keys alone", async ({ page, project }) => {
  test.skip(project.phone, "the phone's tools are fewer");
  await page.goto("/#15/22.69000/114.02000");
  await drawn(page);
  await page.getByRole("button", { name: project.language === "zh" ? "量距离" : "Measure distance" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("#map")).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(400);
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await expect(page.locator(".measure .len b")).toHaveText(/\d/);
});

test("the phone's sheet has three heights, by touch and by keys", async ({ page, project }, info) => {
  test.skip(!project.phone, "the desktop has a panel");
  await page.goto("/");
  await drawn(page);
  const height = async () => (await page.locator("zb-panel").boundingBox())?.height ?? 0;
  const middle = await height();
  expect(middle).toBeGreaterThan(500);
  const grab = page.locator(".grab");
  await grab.focus();
  await page.keyboard.press("ArrowUp");
  await expect.poll(height).toBeGreaterThan(middle + 100);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect.poll(height).toBeLessThan(200);
  await shot(page, `sheet-low-${info.project.name}`);
  await accessible(page);
  const box = await grab.boundingBox();
  if (!box) throw new Error("no grip");
  await page.mouse.move(195, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(195, box.y - 200, { steps: 5 });
  await page.mouse.up();
  await expect.poll(height).toBe(middle);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, .nav a, input")]
      .filter((el) => el.checkVisibility() && !el.closest(".unseen"))
      .filter((el) => {
        const r = el.getBoundingClientRect();
        return r.height < 43.5 || r.width < 43.5;
      })
      .map((el) => el.outerHTML.slice(0, 80)),
  );
  expect(small).toEqual([]);
});

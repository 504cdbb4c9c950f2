import { expect, signedIn, test } from "./page";

test("draws fast", async ({ page, browser, url }) => {
  // Somebody has been there before, so that the service is warm; the browser that is measured is not.
  const before = await browser.newPage({ storageState: signedIn(url, "officer") });
  await before.goto(url);
  await before.waitForFunction(() => performance.getEntriesByName("map-drawn").length > 0);
  await before.close();
  await page.goto("/");
  await page.waitForFunction(() => performance.getEntriesByName("map-drawn").length > 0);
  const at = await page.evaluate(
    () => performance.getEntriesByName("map-drawn")[0]?.startTime ?? Number.POSITIVE_INFINITY,
  );
  test.info().annotations.push({ type: "map drawn", description: `${Math.round(at)} ms` });
  expect(at).toBeLessThan(1000);
});

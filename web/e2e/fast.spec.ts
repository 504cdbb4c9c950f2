import { expect, test } from "./page";

test("draws fast", async ({ page }) => {
  await page.goto("/");
  await page.waitForFunction(() => performance.getEntriesByName("map-drawn").length > 0);
  const at = await page.evaluate(
    () => performance.getEntriesByName("map-drawn")[0]?.startTime ?? Number.POSITIVE_INFINITY,
  );
  test.info().annotations.push({ type: "map drawn", description: `${Math.round(at)} ms` });
  expect(at).toBeLessThan(1000);
});

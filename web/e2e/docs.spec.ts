import { accessible, expect, fits, test } from "./page";

test.use({ role: null });

// The service makes them in the language that the reader's browser asks for.
for (const language of ["zh-CN", "en"])
  test.describe(`the pages for programmers, in ${language}`, () => {
    test.use({ locale: language });

    test("can be read by all, at any width", async ({ page }) => {
      for (const path of ["/docs", "/docs/access", "/docs/facts", "/docs/problems", "/docs/problems/events.full"]) {
        await page.goto(path);
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        await expect(page.locator("h1")).not.toBeEmpty();
        await accessible(page);
        await fits(page);
      }
    });
  });

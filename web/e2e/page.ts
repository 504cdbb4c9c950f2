import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type APIRequestContext, test as base, expect, type Page } from "@playwright/test";
import type Axe from "axe-core";
import { type Role, stateOf } from "./people";
import { takePair } from "./server";

takePair();

interface Project {
  language: "zh" | "en";
  phone: boolean;
}

interface Fixtures {
  project: Project;
  url: string;
  /** What a test allows the browser to complain about: answers that it provokes on purpose. */
  allowed: RegExp | null;
  /** Who is signed in; null: nobody. */
  role: Role | null;
  /** Asks the server as another role, beside the page. */
  as: (role: Role) => Promise<APIRequestContext>;
}

/** signedIn is the file that holds the cookie of a role on one of the two servers of the run. */
export const signedIn = (url: string, role: Role): string =>
  stateOf(join(process.env.ZHENGBEI_E2E_STATES ?? "", url === process.env.ZHENGBEI_DEMO_URL ? "demo" : "real"), role);

/** test opens each page in the project's language and fails on any complaint of the browser, a refusal, or another host. */
export const test = base.extend<Fixtures>({
  project: async ({}, use, info) => use(info.project.metadata as Project),
  url: async ({}, use) => use(process.env.ZHENGBEI_URL ?? ""),
  allowed: async ({}, use) => use(null),
  role: async ({}, use) => use("officer"),
  storageState: async ({ url, role }, use) => use(role ? signedIn(url, role) : undefined),
  as: async ({ url, playwright }, use) => {
    const all: APIRequestContext[] = [];
    await use(async (role) => {
      const asks = await playwright.request.newContext({ baseURL: url, storageState: signedIn(url, role) });
      all.push(asks);
      return asks;
    });
    for (const asks of all) await asks.dispose();
  },
  page: async ({ page, project, url, allowed }, use) => {
    const complaints: string[] = [];
    const complain = (text: string) => {
      if (!allowed?.test(text)) complaints.push(text);
    };
    page.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") complain(`console: ${m.text()} ${m.location().url}`);
    });
    page.on("pageerror", (e) => complain(`page: ${e.message}`));
    page.on("response", (r) => {
      if (r.status() >= 400) complain(`${r.status()} ${r.url()}`);
    });
    page.on("request", (r) => {
      const { origin, protocol } = new URL(r.url());
      if (protocol.startsWith("http") && origin !== new URL(page.url() === "about:blank" ? r.url() : page.url()).origin)
        complain(`host: ${r.url()}`);
    });
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (e) =>
        console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`),
      );
    });
    if (project.language === "en")
      await page.addInitScript(() => {
        localStorage.getItem("zhengbei.language") ?? localStorage.setItem("zhengbei.language", "en");
      });
    const go = page.goto.bind(page);
    page.goto = (path, options) => go(new URL(path, url).href, options);
    await use(page);
    expect(complaints).toEqual([]);
  },
});

export { expect };

/** become gives the browser the cookie of somebody else. */
export async function become(page: Page, file: string): Promise<void> {
  const { cookies } = JSON.parse(readFileSync(file, "utf8")) as {
    cookies: Parameters<ReturnType<Page["context"]>["addCookies"]>[0];
  };
  await page.context().clearCookies();
  await page.context().addCookies(cookies);
}

/** actAs lets another role go on at the same address, in the same browser. */
export async function actAs(page: Page, url: string, role: Role): Promise<void> {
  await become(page, signedIn(url, role));
  await page.reload();
}

/** drawn waits until the map has its tiles and the panel its rows. */
export async function drawn(page: Page): Promise<void> {
  await expect(page.locator("#map canvas").first()).toBeAttached({ timeout: 15_000 }); // who is there is asked first
  await expect(page.locator(".panel .sec").first()).toBeVisible();
  await page.waitForFunction(() => performance.getEntriesByName("map-drawn").length > 0);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * accessible fails on anything that axe finds at WCAG 2 A and AA. It is given to each document once, and tells of
 * violations alone: asked through its own driver it takes seven times as long.
 */
export async function accessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof Axe };
    const found = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      resultTypes: ["violations"],
    });
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
  });
  expect(violations).toEqual([]);
}

/** oneLanguage fails on words of the other language in what the page itself says. */
export async function oneLanguage(page: Page, language: "zh" | "en"): Promise<void> {
  const strays = await page.evaluate((lang) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (
        !parent ||
        parent.closest(".src-text, .data, .hist, .honest > p, .lang, script, .mono, kbd, .leaflet-pane") ||
        !parent.checkVisibility()
      )
        continue;
      const text = (node.textContent ?? "").trim();
      const stray = lang === "en" ? /[\u4e00-\u9fff]/ : /[A-Za-z]{3,}/;
      if (stray.test(text.replace(/CGCS2000|GeoJSON|Esc/g, ""))) found.push(text);
    }
    for (const el of document.querySelectorAll("[aria-label], [title], [placeholder]"))
      for (const name of ["aria-label", "title", "placeholder"]) {
        if (el.closest(".lang, .data")) continue;
        const text = el.getAttribute(name) ?? "";
        const stray = lang === "en" ? /[\u4e00-\u9fff]/ : /[A-Za-z]{3,}/;
        if (stray.test(text.replace(/CGCS2000|GeoJSON|Esc/g, ""))) found.push(text);
      }
    return found;
  }, language);
  expect(strays).toEqual([]);
}

/** fits fails when something sticks out of the screen or the page scrolls sideways. */
export async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const out = [
      ...document.querySelectorAll<HTMLElement>(".top *, .panel *, .legend *, .status *, .measure, .measure *"),
    ].filter((el) => {
      const r = el.getBoundingClientRect();
      return (
        el.checkVisibility() && r.width > 0 && !el.closest(".unseen") && (r.right > innerWidth + 0.5 || r.left < -0.5)
      );
    });
    return [
      ...out.map((el) => `${el.tagName}.${el.className}`),
      ...(document.documentElement.scrollWidth > innerWidth ? ["the page"] : []),
    ];
  });
  expect(wide).toEqual([]);
}

export const shot = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: `e2e/shots/${name}.png` });

/** printed reads a figure as the page prints it, in hundredths, so that sums of them are exact. */
export const printed = (text: string | null): number =>
  Math.round(
    100 *
      Number(
        (text ?? "")
          .replaceAll(",", "")
          .replace("−", "-")
          .replace(/[^\d.-]/g, ""),
      ),
  );

/** screenOf is where a place of the map is on the screen. */
export async function screenOf(page: Page, lon: number, lat: number): Promise<{ x: number; y: number }> {
  const box = await page.locator("#map").boundingBox();
  const [zoom = 0, cy = 0, cx = 0] = (new URL(page.url()).hash || "#0/0/0").slice(1).split("/").map(Number);
  const world = (lo: number, la: number) => ({
    x: ((lo + 180) / 360) * 256 * 2 ** zoom,
    y: ((1 - Math.asinh(Math.tan((la * Math.PI) / 180)) / Math.PI) / 2) * 256 * 2 ** zoom,
  });
  const [centre, point] = [world(cx, cy), world(lon, lat)];
  if (!box) throw new Error("no map");
  return { x: box.x + box.width / 2 + point.x - centre.x, y: box.y + box.height / 2 + point.y - centre.y };
}

/** toDay moves the page to a day by its date control. */
export async function toDay(page: Page, day: string): Promise<void> {
  await page.locator(".dv").click();
  await page.locator('input[name="at"]').fill(day);
  await page.locator(".pop .pri").click();
  await expect(page.locator(".dv")).toContainText(day);
}

/** diagonal lets a test that takes long see both sizes and both languages, and not each with each. */
export function diagonal(project: { phone: boolean; language: string }): void {
  test.skip(project.phone !== (project.language === "en"), "both sizes and both languages are enough");
}

/** The other language: on a phone it stands in the sheet of the account, since its bar has no room. */
export async function otherLanguage(page: Page, phone: boolean): Promise<void> {
  if (phone) await page.locator(".acct").click();
  await page.locator(".lang").click();
  if (phone) await page.keyboard.press("Escape");
  await expect(page.locator("zb-me")).toHaveCount(0);
}

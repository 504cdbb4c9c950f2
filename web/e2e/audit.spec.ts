import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { accessible, expect, fits, oneLanguage, shot, signedIn, test } from "./page";

type Report = components["schemas"]["AuditReport"];
type AuditRecord = components["schemas"]["AuditRecord"];

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  role: "auditor",
  allowed: /ERR_FAILED|Failed to load resource/, // what these tests provoke
});

/** happens lets the administrations do things beside the page: an account is added, renamed, and given a role; one change is refused. */
async function happens(page: Page, url: string, renamed: number): Promise<string> {
  const name = `e2e.${Date.now().toString(36)}.${test.info().project.name}`;
  const browser = page.context().browser();
  const as = async (role: "sysadmin" | "secadmin") =>
    (await browser?.newContext({ storageState: signedIn(url, role) }))?.request;
  const [adds, gives] = await Promise.all([as("sysadmin"), as("secadmin")]);
  const path = `${url}/api/v1/users`;
  expect((await adds?.post(path, { data: { name, person: "试验" } }))?.status()).toBe(201);
  for (let n = 1; n <= renamed; n++)
    expect((await adds?.patch(`${path}/${name}`, { data: { person: `试验 ${n}` } }))?.status()).toBe(200);
  expect((await gives?.patch(`${path}/${name}`, { data: { role: "planner" } }))?.status()).toBe(200);
  expect((await gives?.patch(`${path}/${name}`, { data: { role: "viewer", names: true } }))?.status()).toBe(422);
  return name;
}

async function sound(page: Page, language: "zh" | "en"): Promise<void> {
  await fits(page);
  await oneLanguage(page, language);
  await accessible(page);
}

const records = (page: Page) => page.locator("zb-audit [data-record]");

test("the auditor finds the trail and no land, filters it, and opens before and after", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const name = await happens(page, url, 1);
  const asked: string[] = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname));
  await page.goto("/");
  await expect(page).toHaveURL(/\/audit$/);
  await expect(records(page).first()).toBeVisible();
  await expect(page).toHaveTitle(zh ? "审计记录 · 整备" : /^Audit trail · /);
  expect(asked.filter((path) => /^\/(ogc|tiles)|\/api\/v1\/(round|progress|events|blocks|users)/.test(path))).toEqual(
    [],
  );
  await sound(page, project.language);
  await shot(page, `audit-${info.project.name}`);

  if (project.phone) await page.getByRole("button", { name: zh ? "筛选" : "Filters" }).click();
  const form = page.getByRole("search");
  await form.getByLabel(zh ? "对象" : "Object").fill(`account:${name}`);
  await form.getByLabel(zh ? "结果" : "Outcome").selectOption("done");
  const apply = form.getByRole("button", { name: zh ? "筛选" : "Filter" });
  await apply.click();
  await expect(page).toHaveURL(/object=account%3A/);
  await expect(records(page)).toHaveCount(3);
  await page.reload(); // the address says what is asked
  await expect(records(page)).toHaveCount(3);

  // The newest of them gave the role.
  const newest = records(page).first();
  await expect(newest).toContainText(zh ? "授予角色：规划人员" : "Give the role: Planner");
  await expect(newest).toContainText("secadmin");
  await expect(newest).toContainText(zh ? "安全管理员" : "Security administrator");
  await expect(newest).toContainText("127.0.0.1");
  await newest.getByRole("button").first().click();
  const change = newest.locator(".sides tbody tr", { hasText: zh ? "角色" : "Role" });
  await expect(change.locator(".is")).toHaveText("planner");
  await expect(newest).toContainText(/PATCH \/api\/v1\/users\/:name/);
  const request = newest.locator("dt", { hasText: zh ? "请求号" : "Request number" }).locator("+ dd");
  await expect(request).toHaveText(/^[0-9a-f]{16}$/);
  await sound(page, project.language);
  await shot(page, `audit-open-${info.project.name}`);
  await newest.getByRole("button").first().press("Enter");
  await expect(newest.locator(".sides")).toHaveCount(0);

  // What was refused says why, and its code leads to its meaning.
  await page.goto(`/audit?object=account:${name}&outcome=refused`);
  const refused = records(page).first();
  await expect(refused).toContainText(zh ? "已拒绝" : "Refused");
  await expect(refused).toContainText(zh ? "只有规划人员可授权看人名" : "Names are granted to planners only");
  await expect(refused).not.toContainText("account.no_names");
  await refused.getByRole("button").first().click();
  await expect(refused.getByRole("link", { name: "account.no_names" })).toHaveAttribute(
    "href",
    "/docs/problems/account.no_names",
  );
  await refused.getByRole("button", { name: "secadmin", exact: true }).click(); // all that it did
  await expect(page).toHaveURL(/account=secadmin/);
  await expect(records(page).first()).toContainText("secadmin");
  await page.goBack();
  await expect(page).toHaveURL(/outcome=refused/);
  await expect(records(page)).toHaveCount(1);

  await page.goto("/audit?account=no.such.account");
  await expect(page.locator("zb-audit")).toContainText(zh ? "没有符合条件的记录" : "No record answers");
  await page.getByRole("button", { name: zh ? "清除条件" : "Clear filters" }).click();
  await expect(page).toHaveURL(/\/audit$/);
});

test("days that cannot be are told at their field", async ({ page, project }) => {
  test.skip(project.phone, "a phone has a calendar of its own");
  const zh = project.language === "zh";
  await page.goto("/audit");
  const form = page.getByRole("search");
  await form.getByLabel(zh ? "起" : "From", { exact: true }).fill("2026-2-3");
  await expect(form.locator("small.bad", { hasText: "2022-03-31" })).toBeVisible();
  await form.getByRole("button", { name: zh ? "筛选" : "Filter" }).click();
  await expect(form.getByLabel(zh ? "起" : "From", { exact: true })).toBeFocused();
  await form.getByLabel(zh ? "起" : "From", { exact: true }).fill("2026-02-03");
  await form.getByLabel(zh ? "止" : "To", { exact: true }).fill("2026-01-03");
  await form.getByRole("button", { name: zh ? "筛选" : "Filter" }).click();
  await expect(form.locator("small.bad", { hasText: zh ? "之后" : "after it ends" })).toBeVisible();
  await accessible(page);
});

test("older records follow, each once, and all of it can be taken along", async ({ page, project, url }) => {
  test.slow();
  const zh = project.language === "zh";
  const name = await happens(page, url, 52);
  await page.goto(`/audit?object=account:${name}&outcome=done`);
  await expect(records(page)).toHaveCount(50);
  const more = page.getByRole("button", { name: zh ? "再列一些" : "Show more" });
  await page.route("**/api/v1/audit?*next=*", (route) => route.abort());
  await more.click();
  await expect(page.locator(".more")).toContainText(zh ? "没有读到更早的记录" : "could not be read");
  await page.unroute("**/api/v1/audit?*next=*");
  await more.click();
  await expect(records(page)).toHaveCount(54);
  await expect(more).toHaveCount(0);
  const ids = await records(page).evaluateAll((all) => all.map((e) => Number((e as HTMLElement).dataset.record)));
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));

  const down = page.waitForEvent("download");
  await page.getByRole("link", { name: zh ? "导出" : "Export" }).click();
  const file = await down;
  expect(file.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.jsonl$/);
  const lines = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\n");
  const taken = lines.map((line) => JSON.parse(line) as AuditRecord);
  expect(taken.map((r) => r.id)).toEqual([...ids].reverse());
});

test("the trail is verified, and what is wrong with it is said in words", async ({ page, project }, info) => {
  const zh = project.language === "zh";
  await page.goto("/audit");
  await expect(records(page).first()).toBeVisible();
  const verify = page.getByRole("button", { name: zh ? "校验" : "Verify" });
  const stood = await records(page).first().boundingBox();
  await verify.click();
  const verdict = page.locator(".verdict");
  await expect(verdict).toContainText(zh ? "记录完整" : "The trail is whole");
  await expect(verdict.locator(".mono")).toHaveText(/^[0-9a-f]{64}$/);
  expect(await records(page).first().boundingBox()).toEqual(stood); // it lies over the records and moves none
  await sound(page, project.language);
  await shot(page, `audit-whole-${info.project.name}`);

  const says = zh ? "第 12 条记录与封存时不同。" : "Record 12 is not as it was sealed.";
  const broken = (report: Report): Report => ({
    ...report,
    whole: false,
    faults: [{ code: "audit.record_changed", record: 12, seal: 12, detail: says }],
  });
  await page.route("**/api/v1/audit/verify", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: broken((await answer.json()) as Report) });
  });
  await verify.click();
  await expect(verdict).toContainText(says);
  await expect(verdict.getByRole("alert")).toBeVisible();
  await sound(page, project.language);
  await shot(page, `audit-broken-${info.project.name}`);
  await page.unroute("**/api/v1/audit/verify");
  await page.route("**/api/v1/audit/verify", (route) => route.abort());
  await verify.click();
  await expect(verdict).toContainText(zh ? "没有校验成" : "could not be verified");
  await verdict.getByRole("button", { name: zh ? "收起" : "Put away" }).click();
  await expect(verdict).toHaveCount(0);
  await expect(verify).toBeFocused();
});

test("an outage is told calmly, with a way to try again", async ({ page, project }) => {
  const zh = project.language === "zh";
  await page.route("**/api/v1/audit?*", (route) => route.abort());
  await page.goto("/audit");
  await expect(page.locator("zb-audit").getByRole("alert")).toContainText(
    zh ? "没有读到审计记录" : "could not be read",
  );
  await accessible(page);
  await page.unroute("**/api/v1/audit?*");
  await page.getByRole("button", { name: zh ? "重试" : "Try again" }).click();
  await expect(records(page).first()).toBeVisible();
});

for (const role of ["officer", "sysadmin", "secadmin"] as const)
  test.describe(`the ${role}`, () => {
    test.use({ role });
    test("finds no trail", async ({ page }) => {
      const asked: string[] = [];
      page.on("request", (r) => asked.push(new URL(r.url()).pathname));
      await page.goto("/audit");
      await expect(page).toHaveURL(role === "officer" ? /\/($|#|\?)/ : /\/accounts/);
      await expect(page.locator("zb-panel")).toBeVisible();
      expect(asked.filter((path) => path.startsWith("/api/v1/audit"))).toEqual([]);
    });
  });

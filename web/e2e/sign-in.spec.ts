import type { APIRequestContext, APIResponse } from "@playwright/test";
import { accessible, become, diagonal, drawn, expect, fits, oneLanguage, shot, signedIn, test } from "./page";
import { comeIn, password, type Role, roles } from "./people";

const demo = async ({}, use: (url: string) => Promise<void>) => use(process.env.ZHENGBEI_DEMO_URL ?? "");

type As = (role: Role) => Promise<APIRequestContext>;

/** pathOf is where a one-time link leads, with its secret. */
const pathOf = async (answer: APIResponse): Promise<string> => {
  const { link } = (await answer.json()) as { link: string };
  return link.slice(link.indexOf("/welcome"));
};

/** added is the name of a new account with the role of a viewer, and its first link. */
async function added(as: As): Promise<{ name: string; link: string }> {
  const name = `e2e.${Date.now().toString(36)}`;
  const made = await (await as("sysadmin")).post("/api/v1/users", { data: { name, person: "测试甲" } });
  const given = await (await as("secadmin")).patch(`/api/v1/users/${name}`, { data: { role: "viewer" } });
  expect(given.status()).toBe(200);
  return { name, link: await pathOf(made) };
}

test.describe("the door", () => {
  // The browser tells each refusal in its console; these are what the tests provoke.
  test.use({ role: null, allowed: /^4\d\d |Failed to load resource/ });

  test("by a link one sets a password, comes in, signs out, and comes in again to the address asked for", async ({
    as,
    page,
    project,
    url,
  }, info) => {
    test.slow();
    const zh = project.language === "zh";
    const { name, link } = await added(as);
    await page.goto(link);
    const card = page.locator("zb-welcome .card");
    await expect(card).toContainText(`测试甲 · ${name}`);
    await expect(card).toContainText(zh ? "领导" : "Viewer");
    expect(page.url()).toBe(`${url}/welcome`); // the secret has left the address
    expect(await page.evaluate(() => JSON.stringify(history.state))).not.toContain(link.split("#")[1]);
    const field = card.locator("#welcome-password");
    await field.fill("太短");
    await expect(card.locator(".rules")).toContainText(zh ? "现 2 个" : "2 now");
    await card.locator(".pri").click();
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toBeFocused();
    await oneLanguage(page, project.language);
    await accessible(page);
    await shot(page, `welcome-${info.project.name}`);
    await field.fill(password);
    await card.locator("#welcome-repeat").fill(password);
    await expect(card.locator(".rules .met")).toHaveCount(3);
    await card.locator(".pri").click();
    await drawn(page);
    expect(new URL(page.url()).pathname).toBe("/");

    await page.locator(".acct").click();
    await page.getByRole("button", { name: zh ? "退出" : "Sign out" }).click();
    const door = page.locator("zb-sign-in");
    await expect(door.locator("h2")).toHaveText(zh ? "登录" : "Sign in");
    await page.goto(link); // it was good once
    await expect(page.locator("zb-welcome .refused")).toBeVisible();
    await accessible(page);
    await shot(page, `welcome-spent-${info.project.name}`);

    const asked: string[] = [];
    page.on("request", (r) => asked.push(new URL(r.url()).pathname));
    await page.goto("/parcels/P-03");
    await expect(door.locator("#door-name")).toBeFocused();
    expect(asked.filter((path) => /^\/(ogc|tiles|api\/v1\/(?!me$|session$))/.test(path))).toEqual([]); // nothing of the land
    await door.locator(".pri").click();
    await expect(door.locator("#door-name")).toHaveAttribute("aria-invalid", "true");
    await door.locator("#door-name").fill(name);
    await door.locator("#door-password").fill("这不是我的密码，真的不是");
    await door.locator(".pri").click();
    await expect(door.getByRole("alert")).not.toBeEmpty();
    await expect(door.locator("#door-password")).toBeFocused();
    await oneLanguage(page, project.language);
    await accessible(page);
    await fits(page);
    await shot(page, `door-refused-${info.project.name}`);
    await door.locator("#door-password").fill(password);
    await page.keyboard.press("Enter");
    await drawn(page);
    expect(new URL(page.url()).pathname).toBe("/parcels/P-03");
    await expect(page.locator(".name")).toBeVisible();
  });

  test("five wrong passwords lock, and it says until when", async ({ page, project }, info) => {
    diagonal(project);
    const zh = project.language === "zh";
    await page.goto("/");
    const door = page.locator("zb-sign-in");
    await door.locator("#door-name").fill(`nobody.${Date.now().toString(36)}`);
    for (let i = 0; i < 6; i++) {
      await door.locator("#door-password").fill(`猜一个密码看看行不行 ${i}`);
      const answer = page.waitForResponse("**/api/v1/session");
      await door.locator(".pri").click();
      await answer;
      await expect(door.locator(".pri")).toBeEnabled();
    }
    await expect(door.locator(".refused.later")).toContainText(zh ? /\d\d:\d\d 后可以再试/ : /after \d\d:\d\d/);
    await oneLanguage(page, project.language);
    await accessible(page);
    await shot(page, `door-locked-${info.project.name}`);
  });

  test("a link that never was says so, and what to do", async ({ page, project }, info) => {
    await page.goto("/welcome#QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY");
    await expect(page.locator("zb-welcome .refused")).toBeVisible();
    await oneLanguage(page, project.language);
    await accessible(page);
    await shot(page, `welcome-unknown-${info.project.name}`);
    await page.goto("/");
    await page.goto("/welcome");
    await expect(page.locator("zb-welcome h2")).toBeVisible();
    await oneLanguage(page, project.language);
  });

  test.describe("of a demonstration", () => {
    test.use({ url: demo });

    test("opens by a link and one button, and says how to get a link", async ({ as, page, project }, info) => {
      const zh = project.language === "zh";
      await page.goto("/");
      await expect(page.locator("zb-sign-in .cmd")).toHaveText("zhengbei user reset officer --demo");
      await oneLanguage(page, project.language);
      await accessible(page);
      await shot(page, `door-demo-${info.project.name}`);
      await page.goto((await added(as)).link);
      await page.getByRole("button", { name: zh ? "进入演示" : "Enter the demonstration" }).click();
      await drawn(page);
      await expect(page.locator(".acct")).toBeVisible();
    });
  });
});

test.describe("a session that ends while somebody works", () => {
  test.use({ url: demo, allowed: /^401 |Failed to load resource/ });

  test("asks to sign in again over the page; what was typed stays, and what was sent arrives once", async ({
    as,
    page,
    project,
    url,
  }, info) => {
    diagonal(project);
    test.slow();
    const zh = project.language === "zh";
    const note = `重新登录 ${Date.now()}`;
    const list = await page.request.get(`${url}/api/v1/holdings?parcel=P-05&signed=true&limit=1`);
    const [holding] = ((await list.json()) as { items: { code: string; land: { plot: string }[] }[] }).items;
    await page.goto(`/plots/${holding?.land[0]?.plot}`);
    await drawn(page);
    await page.locator(`[data-holding="${holding?.code}"]`).getByRole("button").first().click();
    const hold = page.locator(`[data-holding="${holding?.code}"] zb-holding > .hold`);
    await hold.getByRole("button", { name: zh ? "记事实" : "Record a fact" }).click();
    const form = hold.locator("form.rec");
    await form.getByLabel(zh ? "备注" : "Note").fill(note);
    await page.context().clearCookies(); // as if it had ended
    await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    const layer = page.getByRole("dialog", { name: zh ? "请重新登录" : "Sign in again" });
    await expect(layer).toBeVisible();
    await expect(layer).toContainText("officer");
    await page.keyboard.press("Escape");
    await expect(layer).toBeVisible();
    await expect(form.getByLabel(zh ? "备注" : "Note")).toHaveValue(note);
    await oneLanguage(page, project.language);
    await accessible(page);
    await shot(page, `again-${info.project.name}`);
    // Signed in meanwhile in another tab: the page sees it when it has the focus again.
    await become(page, signedIn(url, "officer"));
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await expect(layer).toHaveCount(0);
    await expect(hold.locator("zb-record > .rec-told")).toContainText(zh ? "已记录：走访" : "Recorded: ");
    const facts = await page.request.get(`${url}/api/v1/facts?subject=holding:${holding?.code}&limit=1000`);
    const mine = ((await facts.json()) as { items: { id: number; note: string }[] }).items.filter(
      (f) => f.note === note,
    );
    expect(mine).toHaveLength(1);
    const second = await as("officer2");
    const back = await second.post(`/api/v1/facts/${mine[0]?.id}/void`, { data: { reason: "测试" } });
    expect(back.status()).toBe(201);
  });
});

/** What each role finds: the tabs, whether it may draw, the register of a parcel of F-01 and of another's. */
const finds: Record<Role, { tabs: number; edits: boolean; own: boolean; others: boolean; office?: string }> = {
  officer: { tabs: 3, edits: true, own: true, others: true },
  officer2: { tabs: 3, edits: true, own: true, others: true },
  command_post: { tabs: 2, edits: false, own: true, others: false },
  planner: { tabs: 2, edits: false, own: true, others: true },
  viewer: { tabs: 1, edits: false, own: false, others: false },
  sysadmin: { tabs: 0, edits: false, own: false, others: false, office: "/accounts" },
  secadmin: { tabs: 0, edits: false, own: false, others: false, office: "/accounts" },
  auditor: { tabs: 0, edits: false, own: false, others: false, office: "/audit" },
};

for (const role of roles)
  test.describe(`what a role finds: ${role}`, () => {
    test.use({ url: demo, role });
    const { tabs, edits, own, others, office } = finds[role];

    test("its work, and nothing that it may not do", async ({ page, project, url }, info) => {
      diagonal(project);
      test.slow();
      const asked: string[] = [];
      page.on("request", (r) => asked.push(new URL(r.url()).pathname));
      if (office) {
        await page.goto("/parcels/P-01");
        await expect(page).toHaveURL(`${url}${office}`);
        await expect(page.locator("#map")).toHaveCount(0);
        await expect(page.locator(".panel h2").first()).toBeVisible();
        await page.waitForTimeout(500);
        expect(asked.filter((p) => /^\/(ogc|tiles)|\/(round|progress|events)/.test(p))).toEqual([]);
      } else {
        await page.goto("/imports");
        await drawn(page);
        if (role !== "officer") expect(new URL(page.url()).pathname).toBe("/");
        await expect(page.locator(".nav a")).toHaveCount(tabs);
        for (const [parcel, open] of [
          ["P-01", own],
          ["P-05", others],
        ] as const) {
          await page.goto(`/parcels/${parcel}`);
          await drawn(page);
          await expect(page.locator("zb-ledger .sec").first()).toBeVisible();
          await expect(page.locator("zb-ledger .keys")).toHaveCount(open ? 1 : 0);
          await expect(page.locator("zb-ledger .calm")).toHaveCount(role === "command_post" && !open ? 1 : 0);
          await expect(page.locator(".acts [aria-expanded]")).toHaveCount(edits ? 1 : 0);
        }
        await oneLanguage(page, project.language);
        await accessible(page);
        await shot(page, `role-${role}-${info.project.name}`);
      }
      await page.locator(".acct").click();
      await expect(page.locator("zb-me .who")).toBeVisible();
      await oneLanguage(page, project.language);
      await accessible(page);
      await shot(page, `role-${role}-account-${info.project.name}`);
      await page.keyboard.press("Escape");
      await expect(page.locator(".acct")).toBeFocused();
    });
  });

test.describe("one's own account", () => {
  test.use({ allowed: /^4\d\d |Failed to load resource/ });

  test("password, sessions and tokens", async ({ as, page, project, url, playwright }, info) => {
    diagonal(project);
    test.slow();
    const zh = project.language === "zh";
    const { name, link } = await added(as);
    const file = info.outputPath("own.json");
    await comeIn(url, link.slice(link.indexOf("#")), file);
    await become(page, file);
    const storageState = { cookies: [], origins: [] }; // else these would show the session of the test's own role, and signing in would end it
    const elsewhere = await playwright.request.newContext({ baseURL: url, storageState });
    expect((await elsewhere.post("/api/v1/session", { data: { name, password } })).status()).toBe(200);
    await page.goto("/");
    await drawn(page);
    await page.locator(".acct").click();
    const box = page.locator("zb-me .pop");
    const part = (title: string) => box.getByRole("button", { name: title }).click();
    const back = () => box.getByRole("button", { name: zh ? "返回" : "Back" }).click();

    await part(zh ? "登录记录" : "Sessions");
    await expect(box.locator(".items li")).toHaveCount(2);
    await expect(box.locator(".items .tag")).toHaveCount(1);
    await oneLanguage(page, project.language);
    await accessible(page);
    await shot(page, `own-sessions-${info.project.name}`);
    await box.locator(".items .btn").click();
    await expect(box.locator(".items li")).toHaveCount(1);
    await expect
      .poll(async () => (await elsewhere.get("/api/v1/me")).status(), { timeout: 6_000 }) // seen within 5 s everywhere
      .toBe(401);
    await back();

    await part(zh ? "访问令牌" : "Access tokens");
    await box.locator(".btn.add").click();
    await box.locator(".rec .pri").click();
    await expect(box.locator("#token-name")).toBeFocused(); // it has to say what it is for
    await accessible(page);
    await box.locator("#token-name").fill("周报脚本");
    await box.locator("#token-password").fill(password);
    await box.locator(".rec .pri").click();
    const token = await box.locator(".once code").textContent();
    expect(token).toMatch(/^zbt_/);
    await accessible(page);
    await shot(page, `own-token-${info.project.name}`);
    const asks = await playwright.request.newContext({
      baseURL: url,
      storageState,
      extraHTTPHeaders: { Authorization: `Bearer ${token}` },
    });
    expect((await asks.get("/api/v1/round")).status()).toBe(200);
    await box.getByRole("button", { name: zh ? "已存好" : "I have stored it" }).click();
    await box.locator(".items .btn").click();
    await box.locator(".ask-end .btn").last().click();
    await expect(box.locator(".items")).toHaveCount(0);
    await expect.poll(async () => (await asks.get("/api/v1/round")).status(), { timeout: 6_000 }).toBe(401);
    await back();

    await part(zh ? "修改密码" : "Change password");
    await box.locator("#own-present").fill("这不是我的密码，真的不是");
    await box.locator("#own-fresh").fill(`${password}！`);
    await box.locator("#own-repeated").fill(`${password}！`);
    await box.locator(".pri").click();
    await expect(box.locator("#own-present")).toHaveAttribute("aria-invalid", "true");
    await accessible(page);
    await shot(page, `own-password-${info.project.name}`);
    await box.locator("#own-present").fill(password);
    await box.locator(".pri").click();
    await expect(box).toContainText(zh ? "密码已修改" : "The password is changed");
    await fits(page);
    await asks.dispose();
    await elsewhere.dispose();
  });
});

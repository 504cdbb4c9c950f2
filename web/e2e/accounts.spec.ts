import type { APIRequestContext, Locator, Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { accessible, become, expect, fits, oneLanguage, shot, signedIn, test } from "./page";
import { comeIn } from "./people";

type User = components["schemas"]["User"];

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  allowed: /^4\d\d \S+\/api\/v1\/users|Failed to load resource|ERR_FAILED/, // what these tests provoke
});

/** as asks the service in another role, beside the page. */
const as = (page: Page, url: string, role: "sysadmin" | "secadmin"): Promise<APIRequestContext> =>
  page
    .context()
    .browser()
    ?.newContext({ storageState: signedIn(url, role) })
    .then((c) => c.request) ?? Promise.reject(new Error("no browser"));

let made = 0;
const fresh = (): string => `e2e.${Date.now().toString(36)}.${++made}`;

/** added adds an account beside the page, with a role if one is given. */
async function added(page: Page, url: string, role?: "viewer" | "planner"): Promise<{ name: string; link: string }> {
  const name = fresh();
  const answer = await (await as(page, url, "sysadmin")).post(`${url}/api/v1/users`, {
    data: { name, person: "试验" },
  });
  expect(answer.status()).toBe(201);
  if (role) {
    const given = await (await as(page, url, "secadmin")).patch(`${url}/api/v1/users/${name}`, { data: { role } });
    expect(given.status()).toBe(200);
  }
  return { name, link: ((await answer.json()) as User).link ?? "" };
}

/** comesIn uses a one-time link, and answers how to ask whether that session still lasts. */
async function comesIn(page: Page, url: string, link: string): Promise<() => Promise<number>> {
  const file = test.info().outputPath(`${fresh()}.json`);
  await comeIn(url, link.slice(link.indexOf("#") + 1), file);
  const context = await page.context().browser()?.newContext({ storageState: file });
  return async () => (await context?.request.get(`${url}/api/v1/me`))?.status() ?? 0;
}

const rowOf = (page: Page, name: string): Locator => page.locator(`zb-accounts [data-account="${name}"]`);

async function sound(page: Page, language: "zh" | "en"): Promise<void> {
  await fits(page);
  await oneLanguage(page, language);
  await accessible(page);
}

test.describe("the system administrator", () => {
  test.use({ role: "sysadmin" });

  test("finds the accounts and no land, and adds one whose link is shown once", async ({ page, project }, info) => {
    test.slow();
    const zh = project.language === "zh";
    const asked: string[] = [];
    page.on("request", (r) => asked.push(new URL(r.url()).pathname));
    await page.goto("/");
    await expect(page).toHaveURL(/\/accounts$/);
    const list = page.locator("zb-accounts");
    await expect(rowOf(page, "auditor")).toBeVisible();
    await expect(page).toHaveTitle(zh ? "账号 · 整备" : /^Accounts · /);
    expect(
      asked.filter((path) => /^\/(ogc|tiles)|\/api\/v1\/(round|progress|events|blocks|holdings)/.test(path)),
    ).toEqual([]);
    await expect(rowOf(page, "command_post")).toContainText("F-01");
    await expect(rowOf(page, "sysadmin")).toContainText(zh ? "您" : "You");
    await sound(page, project.language);
    await shot(page, `accounts-${info.project.name}`);
    if (project.phone) {
      const small = await list
        .locator(".btn, .inp, .head")
        .evaluateAll((all) => all.filter((e) => e.clientHeight < 42));
      expect(small.length).toBe(0);
    }

    const add = list.getByRole("button", { name: zh ? "添加账号" : "Add account" }).first();
    await add.click();
    const form = list.locator("zb-new-account form");
    const name = form.getByLabel(zh ? "账号名" : "Account name");
    await expect(name).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(add).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(name).toBeFocused();
    const save = form.getByRole("button", { name: zh ? "添加账号" : "Add account" });
    await save.click(); // nothing was entered
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(form.locator("small.bad")).toHaveCount(2);
    await name.fill("张三");
    await expect(form.locator(".fld").first().locator("small.bad")).toBeVisible(); // while it is typed
    await name.fill("officer");
    const person = form.getByLabel(zh ? "姓名" : "Name", { exact: true });
    await person.fill("试验");
    await save.click();
    await expect(form.locator(".fld").first().locator("small.bad")).toContainText(zh ? "同名" : "of this name");
    await expect(name).toBeFocused();
    await expect(person).toHaveValue("试验"); // what was typed stays
    await sound(page, project.language);
    await shot(page, `accounts-add-${info.project.name}`);
    const fine = fresh();
    await name.fill(fine);
    await save.click();
    const once = list.locator("zb-once-link");
    await expect(once.locator("h3")).toBeFocused();
    const link = once.getByLabel(zh ? "一次性链接" : "One-time link", { exact: true });
    await expect(link).toHaveValue(/\/welcome#.{40,}/);
    await once.getByRole("button", { name: zh ? "复制" : "Copy" }).click();
    await expect(once.getByRole("status")).not.toBeEmpty();
    await sound(page, project.language);
    await shot(page, `accounts-link-${info.project.name}`);
    await expect(rowOf(page, fine)).toContainText(zh ? "待授权" : "Waits for its role");
    await once.getByRole("button", { name: zh ? "已交给本人" : "handed it over" }).click();
    await expect(once).toHaveCount(0);
    await expect(add).toBeFocused();

    const find = list.getByRole("searchbox");
    await find.fill(fine.toUpperCase());
    await expect(list.locator("[data-account]")).toHaveCount(1);
    await find.fill("没有这样的人");
    await expect(list).toContainText(zh ? "没有名称含" : "No account has");
  });

  test("renames, disables with the name, enables, and makes a new link", async ({ page, project, url }, info) => {
    test.slow();
    const zh = project.language === "zh";
    const { name, link } = await added(page, url, "viewer");
    const lasts = await comesIn(page, url, link);
    expect(await lasts()).toBe(200);
    await page.goto(`/accounts?account=${name}`);
    const one = rowOf(page, name).locator("zb-account");
    await expect(one).toContainText(zh ? "领导" : "Viewer");

    await one.getByRole("button", { name: zh ? "改姓名" : "Change name" }).click();
    const person = one.getByLabel(zh ? "姓名" : "Name", { exact: true });
    await expect(person).toHaveValue("试验");
    await person.fill(" ");
    await one.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    await expect(person).toHaveAttribute("aria-invalid", "true");
    await person.fill("王芳");
    await one.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    await expect(one.getByRole("status")).toContainText(zh ? "已改姓名" : "was changed");
    await expect(rowOf(page, name).first()).toContainText("王芳");
    expect(await lasts()).toBe(200); // a name ends nothing

    const off = one.getByRole("button", { name: zh ? "停用" : "Disable" });
    await off.click();
    const sure = one.getByRole("button", { name: zh ? `停用 ${name}` : `Disable ${name}` });
    await expect(sure).toBeFocused();
    await expect(one.locator(".ask-first")).toBeVisible();
    await sound(page, project.language);
    await shot(page, `accounts-disable-${info.project.name}`);
    await page.keyboard.press("Escape");
    await expect(off).toBeFocused();
    expect(await lasts()).toBe(200); // it was only asked
    await off.click();
    await sure.click();
    await expect(one.getByRole("status")).toContainText(zh ? "已停用" : "is disabled");
    await expect(rowOf(page, name).first()).toContainText(zh ? "已停用" : "Disabled");
    expect(await lasts()).toBe(401);
    await one.getByRole("button", { name: zh ? "启用" : "Enable" }).click();
    await one.getByRole("button", { name: zh ? `启用 ${name}` : `Enable ${name}` }).click();
    await expect(one.getByRole("status")).toContainText(zh ? "已启用" : "is enabled");

    await one.getByRole("button", { name: zh ? "新的一次性链接" : "New one-time link" }).click();
    await one.getByRole("button", { name: zh ? "生成链接" : "Make the link" }).click();
    const field = one.getByLabel(zh ? "一次性链接" : "One-time link", { exact: true });
    await expect(field).toHaveValue(/\/welcome#.{40,}/);
    expect(await (await comesIn(page, url, await field.inputValue()))()).toBe(200);
    await one.getByRole("button", { name: zh ? "已交给本人" : "handed it over" }).click();
    await expect(field).toHaveCount(0);

    // What the server does not answer is not said to be done.
    await page.route("**/api/v1/users/**", (route) =>
      route.request().method() === "PATCH" ? route.abort() : route.fallback(),
    );
    await one.getByRole("button", { name: zh ? "停用" : "Disable" }).click();
    await one.getByRole("button", { name: zh ? `停用 ${name}` : `Disable ${name}` }).click();
    await expect(one.getByRole("status")).toContainText(zh ? "没有回音" : "did not answer");
  });

  test("ends one session, or all of them, and revokes tokens", async ({ page, project, url }, info) => {
    const zh = project.language === "zh";
    const { name, link } = await added(page, url, "planner");
    const first = await comesIn(page, url, link);
    await page.goto(`/accounts?account=${name}`);
    const one = rowOf(page, name).locator("zb-account");
    const sessions = one.getByRole("region", { name: zh ? "会话" : "Sessions" });
    await expect(sessions.locator("li")).toHaveCount(1);
    await expect(sessions).toContainText("127.0.0.1");
    await expect(one.getByRole("region", { name: zh ? "令牌" : "Tokens" })).toContainText(
      zh ? "没有在用的令牌" : "No token is in use",
    );
    await page.route(`**/api/v1/users/${name}/tokens`, (route) =>
      route.fulfill({
        json: {
          items: ["QGIS", "周报"].map((token, id) => ({
            id: id + 1,
            name: token,
            scopes: ["read", "export"],
            reason: null,
            created_at: "2026-11-01T01:00:00Z",
            expires_at: "2026-12-31T01:00:00Z",
            used_at: null,
          })),
          next: null,
          matched: 2,
        },
      }),
    );
    await page.reload();
    const tokens = one.getByRole("region", { name: zh ? "令牌" : "Tokens" });
    await expect(tokens.locator("li")).toHaveCount(2);
    await expect(tokens).toContainText(zh ? "读取、导出" : "Read, Export");
    await sound(page, project.language);
    await shot(page, `accounts-sessions-${info.project.name}`);
    await tokens.getByRole("button", { name: zh ? "全部撤销" : "Revoke all" }).click();
    await expect(tokens.locator(".ask-first")).toContainText(name);
    await page.keyboard.press("Escape");
    await expect(tokens.locator(".ask-first")).toHaveCount(0);

    await sessions.getByRole("button", { name: zh ? /^结束/ : /^End the session/ }).click();
    await expect(sessions).toContainText(zh ? "没有在用的会话" : "No session is in use");
    await expect(one.getByRole("status").first()).toContainText(zh ? "会话已结束" : "has ended");
    expect(await first()).toBe(401);
  });

  test("has no way to its own account, nor to the links of the other administrations", async ({ page, project }) => {
    const zh = project.language === "zh";
    await page.goto("/accounts?account=sysadmin");
    const own = rowOf(page, "sysadmin").locator("zb-account");
    await expect(own).toContainText(zh ? "这是您自己的账号" : "This is your own account");
    await expect(own.locator("[data-act]")).toHaveCount(0);
    await page.goto("/accounts?account=auditor");
    const auditor = rowOf(page, "auditor").locator("zb-account");
    await expect(auditor).toContainText("zhengbei user reset auditor");
    await expect(auditor.locator('[data-act="reset"]')).toHaveCount(0);
    await page.goto("/accounts?account=nobody.here");
    await expect(page.locator("zb-accounts")).toContainText(
      zh ? "没有账号 nobody.here" : "There is no account nobody.here",
    );
  });

  test("is told calmly where the list cannot be read", async ({ page, project }) => {
    const zh = project.language === "zh";
    await page.route("**/api/v1/users", (route) => route.abort());
    await page.goto("/accounts");
    const list = page.locator("zb-accounts");
    await expect(list.getByRole("alert")).toContainText(zh ? "没有读到账号" : "could not be read");
    await accessible(page);
    await page.unroute("**/api/v1/users");
    await page.route("**/api/v1/users", async (route) => {
      await new Promise((later) => setTimeout(later, 900));
      await route.fallback();
    });
    await list.getByRole("button", { name: zh ? "重试" : "Try again" }).click();
    await expect(rowOf(page, "auditor")).toBeVisible();
    await page.reload();
    await expect(list.getByRole("status").first()).toContainText(zh ? "正在读取" : "Reading"); // after a moment
    await expect(rowOf(page, "auditor")).toBeVisible();
  });
});

test.describe("the security administrator", () => {
  test.use({ role: "secadmin" });

  test("gives a role, a command post, the grant of names, each asked first", async ({ page, project, url }, info) => {
    test.slow();
    const zh = project.language === "zh";
    const { name, link } = await added(page, url);
    await page.goto("/");
    await expect(page).toHaveURL(/\/accounts$/);
    await expect(page.locator("zb-accounts")).toContainText(zh ? "待授权" : "waiting for a role");
    await expect(
      page.locator("zb-accounts").getByRole("button", { name: zh ? "添加账号" : "Add account" }),
    ).toHaveCount(0);
    const row = rowOf(page, name);
    await row.getByRole("button").first().click();
    await expect(page).toHaveURL(new RegExp(`account=${name}`));
    const one = row.locator("zb-account");
    const change = one.getByRole("button", { name: zh ? "授予角色" : "Give a role" });
    await change.click();
    const save = one.getByRole("button", { name: zh ? "保存" : "Save" });
    await save.click(); // none was chosen
    await expect(one.locator("small.bad")).toContainText(zh ? "请选择角色" : "Choose a role");
    await one.getByRole("radio", { name: zh ? "指挥部" : "Command post" }).check();
    await save.click(); // and no command post
    const post = one.getByRole("combobox");
    await expect(post).toHaveAttribute("aria-invalid", "true");
    await sound(page, project.language);
    await shot(page, `accounts-role-${info.project.name}`);
    await post.selectOption("F-02");
    await save.click();
    await expect(one.locator(".ask-first").first()).toContainText("F-02");
    await one.getByRole("button", { name: zh ? "取消" : "Cancel" }).click(); // back to what was chosen
    await expect(post).toHaveValue("F-02");
    await save.click();
    await save.click();
    await expect(one.getByRole("status")).toContainText(zh ? "已授予" : "is now");
    await expect(row.first()).toContainText("F-02");
    const lasts = await comesIn(page, url, link);
    expect(await lasts()).toBe(200);

    await one.getByRole("button", { name: zh ? "变更角色" : "Change role" }).click();
    await save.click(); // as it stands
    await expect(one.locator("small.bad")).toContainText(zh ? "与现在相同" : "nothing to save");
    await one.getByRole("radio", { name: zh ? "规划人员" : "Planner" }).check();
    await one.getByRole("checkbox").check();
    await save.click();
    await expect(one.locator(".ask-first").first()).toContainText(zh ? "立即全部结束" : "end at once");
    await sound(page, project.language);
    await shot(page, `accounts-role-asked-${info.project.name}`);
    await save.click();
    await expect(one.getByRole("status")).toContainText(zh ? "的角色是" : "is now");
    await expect(one.locator(".kv .tag")).toHaveText(zh ? "可见人名" : "Sees names");
    expect(await lasts()).toBe(401); // the role had changed

    await page.goto("/accounts?account=secadmin");
    const own = rowOf(page, "secadmin").locator("zb-account");
    await expect(own).toContainText(zh ? "这是您自己的账号" : "This is your own account");
    await expect(own.locator("[data-act]")).toHaveCount(0);
    await expect(page.getByRole("link", { name: zh ? "各角色的权限表" : "What each role may" })).toHaveAttribute(
      "href",
      "/docs/access",
    );
  });
});

for (const role of ["officer", "auditor"] as const)
  test.describe(`the ${role}`, () => {
    test.use({ role });
    test("finds no accounts", async ({ page }) => {
      const asked: string[] = [];
      page.on("request", (r) => asked.push(new URL(r.url()).pathname));
      await page.goto("/accounts");
      await expect(page).toHaveURL(role === "auditor" ? /\/audit/ : /\/($|#|\?)/);
      await expect(page.locator("zb-panel")).toBeVisible();
      expect(asked.filter((path) => path.startsWith("/api/v1/users"))).toEqual([]);
      await expect(page.locator("zb-accounts")).toHaveCount(0);
    });
  });

test.describe("the command posts, before there is any", () => {
  test.use({
    url: async ({}, use) => use(process.env.ZHENGBEI_URL ?? ""),
    role: "secadmin",
    allowed: /^422 \S+\/api\/v1\/command-posts|Failed to load resource/, // no reason is given at first
  });

  test("are entered and renamed by an officer, and given to an account then", async ({ page, project, url }, info) => {
    test.slow();
    const zh = project.language === "zh";
    const { name } = await added(page, url);
    const asks = await as(page, url, "secadmin");
    const { items } = (await (await asks.get(`${url}/api/v1/command-posts`)).json()) as { items: { code: string }[] };
    const open = async () => {
      await page.goto(`/accounts?account=${name}`);
      await page.getByRole("button", { name: zh ? "授予角色" : "Give a role" }).click();
      await page.getByRole("radio", { name: zh ? "指挥部" : "Command post" }).check();
    };
    await open();
    if (items.length === 0) {
      await expect(page.locator("form .ask")).toContainText(zh ? "请经办员先登记" : "An officer enters one first");
      await sound(page, project.language);
      await shot(page, `posts-none-${info.project.name}`);
    }

    await become(page, signedIn(url, "officer"));
    await page.goto("/");
    await page.locator(".acct").click();
    await page.getByRole("button", { name: zh ? "指挥部" : "Command posts" }).click();
    const posts = page.locator("zb-posts");
    await posts.getByRole("button", { name: zh ? "登记指挥部" : "Enter a command post" }).click();
    const code = `F-8${(project.phone ? 2 : 0) + (zh ? 1 : 2)}`; // each size and language may share a server
    await posts.getByLabel(zh ? /^编号/ : /^Code/).fill(code);
    await posts.getByLabel(zh ? /^名称/ : /^Name$/).fill("福城南指挥部");
    await posts.getByLabel(zh ? /^英文名称/ : /^Name in English/).fill("Fucheng South");
    await sound(page, project.language);
    await shot(page, `posts-new-${info.project.name}`);
    await posts.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    await expect(posts.locator("form .bad").first()).toBeVisible(); // it has to say why
    await posts.getByLabel(zh ? /^事由/ : /^Reason/).fill("设立");
    await posts.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    const entered = posts.locator(`[data-post="${code}"]`);
    await expect(entered).toContainText(zh ? "福城南指挥部" : "Fucheng South");
    await expect(posts.getByRole("status").last()).toContainText(code);

    await entered.getByRole("button").click();
    await posts.getByLabel(zh ? /^名称/ : /^Name$/).fill("福城南二指挥部");
    await posts.getByLabel(zh ? /^英文名称/ : /^Name in English/).fill("Fucheng South Two");
    await posts.getByLabel(zh ? /^事由/ : /^Reason/).fill("改名");
    await posts.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    await expect(entered).toContainText(zh ? "福城南二指挥部" : "Fucheng South Two");
    await sound(page, project.language);
    await shot(page, `posts-${info.project.name}`);

    await become(page, signedIn(url, "secadmin"));
    await open();
    await page.getByRole("combobox", { name: zh ? "指挥部" : "Command post" }).selectOption(code);
  });
});

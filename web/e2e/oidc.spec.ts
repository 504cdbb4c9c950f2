import { freshFolder, type Running, remove, start } from "./binary";
import { type Issuer, issue } from "./issuer";
import { accessible, expect, fits, oneLanguage, shot, test } from "./page";

let issuer: Issuer;
let server: Running | undefined;

/** open starts an issuer and a service that knows it, once a project. */
async function open(zh: boolean): Promise<Running> {
  if (server) return server;
  issuer = await issue(zh ? "龙华统一认证" : "Longhua ID");
  server = await start(freshFolder(), "127.0.0.1:0", false, issuer.env);
  return server;
}

test.describe.configure({ mode: "serial", timeout: 90_000 });
test.use({
  role: null,
  url: async ({ project }, use) => use((await open(project.language === "zh")).url),
  allowed:
    /401 \S+\/api\/v1\/me|403 \S+\/oidc\/callback|Failed to load resource|host: http:\/\/127\.0\.0\.1:\d+\/authorize/,
});
test.skip(({ project }) => project.phone === (project.language === "zh"), "each size and each language once");

test.afterAll(async () => {
  await server?.stop();
  if (server) remove(server.data);
  server = undefined;
  await issuer?.stop();
});

test("the button leads to the issuer and back to what was asked for", async ({ page, project, url }) => {
  issuer.person = { sub: "1", preferred_username: "zhang", name: "张伟", roles: ["bureau"] };
  await page.goto("/table?at=2025-01-02");
  const button = page.getByRole("link", {
    name: project.language === "zh" ? "用龙华统一认证登录" : "Sign in with Longhua ID",
  });
  await expect(button).toBeVisible();
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `oidc-door-${project.language}`);
  await button.click();
  await page.waitForURL(/\/table\?at=2025-01-02/);
  const me = await page.request.get(`${url}/api/v1/me`);
  expect(await me.json()).toMatchObject({ account: "zhang", person: "张伟", role: "officer" });
  const cookies = await page.context().cookies(url);
  expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
    { name: "zhengbei", httpOnly: true, sameSite: "Lax" },
  ]);
});

test("whose groups give two roles is told so, and has no session", async ({ page, project, url }) => {
  issuer.person = { sub: "2", preferred_username: "li", roles: ["sys", "audit"] };
  await page.goto("/");
  await page.locator('a[href^="/api/v1/session/oidc"]').click();
  await expect(page.getByText("系统管理员和安全审计员")).toBeVisible();
  await accessible(page);
  await shot(page, `oidc-refused-${project.language}`);
  expect((await page.request.get(`${url}/api/v1/me`)).status()).toBe(401);
  await page.getByRole("link", { name: "回到登录页" }).click();
  await expect(page.locator('a[href^="/api/v1/session/oidc"]')).toBeVisible();
});

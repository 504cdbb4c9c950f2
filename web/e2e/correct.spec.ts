import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { accessible, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

type Schemas = components["schemas"];

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  allowed: /ERR_FAILED|Failed to load resource|^4\d\d \S+\/(api\/v1|ogc\/collections)\//, // what these tests provoke
});

test.beforeEach(({ project }) => diagonal(project));

const first = async (page: Page, url: string, path: string) =>
  ((await (await page.request.get(url + path)).json()) as Schemas["HoldingList"]).items[0] as Schemas["Holding"];

/** elsewhere changes a row as somebody at another desk does. */
async function elsewhere(page: Page, url: string, path: string, body: object): Promise<void> {
  const tag = (await page.request.get(url + path)).headers().etag ?? "";
  const sent = await page.request.patch(url + path, {
    data: { ...body, reason: "他处更正" },
    headers: { "If-Match": tag },
  });
  expect(sent.status(), await sent.text()).toBe(200);
}

test("two who correct one holding: both are shown, and nothing that was typed is lost", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const holding = await first(
    page,
    url,
    `/api/v1/holdings?parcel=${project.phone ? "P-03" : "P-04"}&class=residential&limit=1`,
  );
  const { code } = holding;
  await page.goto(`/plots/${holding.land[0]?.plot}?holding=${code}`);
  await drawn(page);
  const named = page.locator(".named");
  await named.getByRole("button", { name: zh ? `更正：${code}` : `Correct: ${code}`, exact: true }).click();
  const form = named.locator("form.rec");
  const name = form.getByLabel(zh ? "名称" : "Name", { exact: true });
  await expect(name).toBeFocused();
  await expect(name).toHaveValue(holding.name);
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(form.locator(".rec-told")).toContainText(zh ? "没有改动" : "Nothing was changed");

  // A share that is none, told while it is typed; shares that do not add up.
  const share = form.getByLabel(zh ? "份额" : "Share").first();
  await share.fill("三分之一");
  await expect(share).toHaveAttribute("aria-invalid", "true");
  await share.fill("２／３");
  await expect(share).toHaveAttribute("aria-invalid", "false");
  await expect(form.locator(".lines").first()).toContainText(zh ? "应为 1" : "should be 1");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `correct-${info.project.name}`);
  await share.fill(holding.parties[0]?.share ?? "1/1");

  await name.fill(`${holding.name}甲`);
  await form.getByLabel(zh ? "类别" : "Class").selectOption("individual");
  await form.getByLabel(zh ? "事由" : "Reason").fill("笔误");
  await elsewhere(page, url, `/api/v1/holdings/${code}`, { name: `${holding.name}乙`, class: "factory" });
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(form.getByRole("alert")).toContainText(zh ? "他人已保存第 2 版" : "Somebody saved version 2 meanwhile");
  await expect(form.locator(".side")).toHaveCount(2);
  for (const text of [holding.name, `${holding.name}甲`, `${holding.name}乙`])
    await expect(form.locator(".side").first().locator("b").getByText(text, { exact: true })).toBeVisible();
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `clash-${info.project.name}`);
  await form.getByRole("button", { name: zh ? "接着改" : "Go on" }).click(); // not before each is chosen
  await expect(form.locator(".rec-told")).toContainText(zh ? "没有选定" : "still to be chosen");
  await form
    .locator(".side")
    .first()
    .getByLabel(zh ? "我的" : "Mine")
    .check();
  await form
    .locator(".side")
    .last()
    .getByLabel(zh ? "现在" : "Present")
    .check();
  await form.getByRole("button", { name: zh ? "接着改" : "Go on" }).click();
  await expect(name).toHaveValue(`${holding.name}甲`);
  await expect(form.getByLabel(zh ? "类别" : "Class")).toHaveValue("factory");
  await expect(form.getByLabel(zh ? "事由" : "Reason")).toHaveValue("笔误");
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(named.locator(".rec-told").last()).toContainText(zh ? "第 3 版" : "version 3");
  const now = await first(page, url, `/api/v1/holdings?q=${code}&limit=1`);
  expect([now.name, now.class, now.version]).toEqual([`${holding.name}甲`, "factory", 3]);
});

test("a correction that was not answered is sent again as it was; one that is refused then is gone on with", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const holding = await first(
    page,
    url,
    `/api/v1/holdings?parcel=${project.phone ? "P-03" : "P-04"}&class=factory&limit=1`,
  );
  const party = holding.parties[0] as Schemas["Holding"]["parties"][number];
  const path = `/api/v1/parties/${party.code}`;
  const version = async () => ((await (await page.request.get(url + path)).json()) as Schemas["Party"]).version;
  const before = await version();
  const bar = page.locator("zb-unsent");
  const open = async () => {
    await page.goto(`/plots/${holding.land[0]?.plot}?holding=${holding.code}`);
    await drawn(page);
    await page.locator(".named .kv button").first().click();
    await page
      .locator(".named .below")
      .getByRole("button", { name: zh ? "更正" : "Correct" })
      .click();
  };
  const form = page.locator(".named .below form.rec");
  const fill = async (name: string) => {
    await form.getByLabel(zh ? "名称" : "Name", { exact: true }).fill(name);
    await form.getByLabel(zh ? "事由" : "Reason").fill("笔误");
    await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  };

  // The server writes it, and its answer is lost: sent again it is still one change.
  await open();
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() === "PATCH") await route.fetch();
    await (route.request().method() === "PATCH" ? route.abort() : route.continue());
  });
  await fill(`${party.name}甲`);
  await expect(bar).toContainText(zh ? `更正 ${party.code}` : `Correct ${party.code}`);
  await page.unroute(`**${path}`);
  await bar.getByRole("button", { name: zh ? "重发" : "Send again" }).click();
  await expect(bar).toContainText(zh ? "已送达 1 条" : "1 sent");
  await expect(page.locator(".named .below .rec-told")).toContainText(zh ? "已保存" : "Saved"); // the form says so as well
  expect(await version()).toBe(before + 1);

  // It never arrives, and meanwhile somebody else saves: it is refused, and opened again with all that was typed.
  await open();
  await page.route(`**${path}`, (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
  await fill(`${party.name}乙`);
  await expect(bar).toContainText(zh ? "未送达 1 条" : "1 not sent");
  await elsewhere(page, url, path, { name: `${party.name}丙` });
  await page.unroute(`**${path}`);
  await page.reload();
  await drawn(page);
  await expect(bar.locator(".bad")).toBeVisible();
  await accessible(page);
  await shot(page, `refused-later-${info.project.name}`);
  await bar.getByRole("button", { name: zh ? "接着改" : "Go on" }).click();
  await expect(form.getByLabel(zh ? "名称" : "Name", { exact: true })).toHaveValue(`${party.name}乙`);
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await form
    .locator(".side")
    .getByLabel(zh ? "我的" : "Mine")
    .check();
  await form.getByRole("button", { name: zh ? "接着改" : "Go on" }).click();
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(page.locator(".named .kv")).toContainText(`${party.name}乙`);
  expect(await version()).toBe(before + 3);
});

test("attributes of a parcel, its command post and the round are corrected, and shown at once", async ({
  page,
  project,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const save = async (scope: string) => {
    const form = page.locator(`${scope} form.rec`);
    await form.getByLabel(zh ? "事由" : "Reason").fill("核实名称");
    await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    await expect(page.locator(`${scope} .rec-told`).first()).toContainText(zh ? "已保存" : "Saved");
  };
  await page.goto("/parcels/P-06");
  await drawn(page);
  await page.getByRole("button", { name: zh ? "编辑" : "Edit", exact: true }).click();
  const edit = page.locator("zb-edit");
  const title = page.locator(".panel h2.name").first();
  const shown = (await title.textContent()) ?? "";
  await edit.getByRole("button", { name: zh ? "更正属性：P-06" : "Correct attributes: P-06" }).click();
  const name = edit.getByRole("textbox", { name: zh ? /^名称/ : /^Name in English/ });
  await name.fill(`${shown}${zh ? "甲" : " A"}`);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `attributes-${info.project.name}`);
  await save("zb-edit");
  await expect(title).toHaveText(`${shown}${zh ? "甲" : " A"}`);
  await edit.getByRole("button", { name: zh ? "更正指挥部：F-" : "Correct command post: F-" }).click();
  await edit
    .getByRole("textbox", { name: zh ? /^名称/ : /^Name in English/ })
    .fill(zh ? "演示指挥部" : "Demonstration post");
  await save("zb-edit");
  await expect(page.locator(".panel .hd")).toContainText(zh ? "演示指挥部" : "Demonstration post");

  await page.goto("/");
  await drawn(page);
  await page
    .locator("zb-desk")
    .getByRole("button", { name: zh ? "更正目标与期限" : "Correct target and deadline" })
    .click();
  await page
    .locator("zb-desk")
    .getByRole("textbox", { name: zh ? "目标" : "Target" })
    .fill("510");
  await save("zb-desk");
  await expect(page.locator(".one .of")).toContainText("510");
  await page
    .locator("zb-desk")
    .getByRole("button", { name: zh ? "更正目标与期限" : "Correct target and deadline" })
    .click();
  await page
    .locator("zb-desk")
    .getByRole("textbox", { name: zh ? "目标" : "Target" })
    .fill("500");
  await save("zb-desk");
  await expect(page.locator(".one .of")).toContainText("500");
});

import type { components } from "../src/api/schema";
import { accessible, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

type Schemas = components["schemas"];

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  allowed: /ERR_FAILED|Failed to load resource|^4\d\d \S+\/api\/v1\/contracts/, // what these tests provoke
});

test.beforeEach(({ project }) => diagonal(project));

test("a contract is drawn up for two holdings, opened, and corrected", async ({ page, project, url }, info) => {
  const zh = project.language === "zh";
  const list = await page.request.get(`${url}/api/v1/holdings?parcel=P-06&stage=negotiating&limit=50`);
  const { items } = (await list.json()) as Schemas["HoldingList"];
  const [first, other] = project.phone ? items.slice(2) : items;
  const plot = first?.land[0]?.plot ?? "";
  await page.goto(`/plots/${plot}?holding=${first?.code}`);
  await drawn(page);
  const named = page.locator(".named");
  await named.getByRole("button", { name: zh ? "草拟协议" : "Draw up a contract" }).click();
  const form = named.locator("form.rec");
  await expect(form.getByLabel(zh ? "协议类型" : "Kind of contract")).toBeFocused();
  await expect(form.locator(".lines li")).toHaveText([new RegExp(first?.code ?? "—")]);
  const find = form.getByRole("combobox", { name: zh ? "添加户" : "Add a holding" });
  await find.fill(other?.code ?? "—");
  await expect(form.locator(".hits .hit")).toHaveCount(1);
  await fits(page);
  await accessible(page);
  await shot(page, `contract-pick-${info.project.name}`);
  await find.press("Enter");
  await expect(form.locator(".lines li")).toHaveCount(2);
  await expect(find).toBeFocused();
  await form.getByLabel(zh ? "金额" : "Amount").fill("1,234,567.89");

  // Without a reason it is refused beside its field, and nothing that was typed is lost.
  await form.getByRole("button", { name: zh ? "试算" : "Check" }).click();
  const reason = form.getByLabel(zh ? "事由" : "Reason");
  await expect(reason).toBeFocused();
  await expect(reason).toHaveAttribute("aria-invalid", "true");
  await expect(form.locator(".lines li")).toHaveCount(2);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `contract-refused-${info.project.name}`);
  await reason.fill("商定条件，演示");
  await page.reload(); // what is typed outlasts it
  await drawn(page);
  await expect(reason).toHaveValue("商定条件，演示");
  await form.getByRole("button", { name: zh ? "试算" : "Check" }).click();
  await expect(form.locator(".rec-told")).toContainText(zh ? "尚未写入" : "Nothing is written yet");
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(page).toHaveURL(/contract=C-\d+/);
  const code = new URL(page.url()).searchParams.get("contract") ?? "";
  await expect(named.locator("h2")).toContainText(code);
  await expect(named).toContainText("1,234,567.89");
  await expect(named).toContainText(other?.code ?? "—");
  await expect(named).toContainText(zh ? "拟稿" : "Draft");

  await named.getByRole("button", { name: zh ? "更正" : "Correct" }).click();
  await form.getByRole("button", { name: zh ? `去掉 ${other?.code}` : `Take out ${other?.code}` }).click();
  const amount = form.getByLabel(zh ? "金额" : "Amount");
  await amount.fill("很多");
  await form.getByLabel(zh ? "事由" : "Reason").fill("改由另案办理");
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(amount).toHaveAttribute("aria-invalid", "true");
  await amount.fill("");
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(named.locator(".rec-told").last()).toContainText(zh ? `已保存：${code}，第 2 版` : `${code}, version 2`);
  await expect(named).not.toContainText(other?.code ?? "—");
  await expect(named).not.toContainText("1,234,567.89");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `contract-${info.project.name}`);
});

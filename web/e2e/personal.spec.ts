import type { components } from "../src/api/schema";
import { accessible, actAs, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

type Schemas = components["schemas"];

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  allowed: /Failed to load resource|^4\d\d \S+\/api\/v1\//, // what these tests provoke
});

test.beforeEach(({ project }) => diagonal(project));

test("a telephone is entered, shown masked, shown in the clear to whoever says why, and can be tapped", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const parcel = `P-0${1 + (zh ? 0 : 1) + (project.phone ? 2 : 0)}`; // each project writes another party
  const list = await page.request.get(`${url}/api/v1/holdings?parcel=${parcel}&class=residential&limit=1`);
  const [holding] = ((await list.json()) as Schemas["HoldingList"]).items;
  const party = holding?.parties[0];
  if (!holding || !party) throw new Error("no holding");
  await page.goto(`/plots/${holding.land[0]?.plot}?holding=${holding.code}`);
  await drawn(page);
  const named = page.locator(".named");
  await named.getByRole("button", { name: party.name, exact: true }).first().click();
  await named.getByRole("button", { name: zh ? `更正：${party.code}` : `Correct: ${party.code}`, exact: true }).click();
  const form = named.locator("form.rec");
  const phone = form.getByLabel(zh ? "电话" : "Telephone");
  const number = form.getByLabel(zh ? "身份证号或信用代码" : "Identity number or credit code");

  // What is no number is refused under its field, and typed numbers are on no disk.
  await phone.fill("1380000");
  await number.fill("110105194912310021");
  await form.getByLabel(zh ? "事由" : "Reason", { exact: true }).fill("摸查");
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(phone).toHaveAttribute("aria-invalid", "true");
  await expect(number).toHaveAttribute("aria-invalid", "true");
  await expect(form).toContainText(zh ? "11 位手机号" : "mobile number of 11 digits");
  await expect(form).toContainText(zh ? "18 位居民身份证号" : "resident identity number of 18 characters");
  await oneLanguage(page, project.language);
  await accessible(page);
  await phone.fill("138 0000 0000");
  await number.fill("11010519491231002x");
  const stored = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  expect(await stored()).not.toMatch(/138 ?0000 ?0000|11010519491231002/i);
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  const contact = named.locator("zb-contact").first();
  await expect(contact).toContainText("138****0000");
  await expect(contact).toContainText("1101**********002X");
  await expect(contact.getByRole("link")).toHaveCount(0);
  await fits(page);
  await shot(page, `personal-masked-${info.project.name}`);

  // Without a reason nothing is shown; with one both are, and the telephone can be tapped.
  await contact.getByRole("button").click();
  const why = contact.getByLabel(zh ? "查看事由" : "What for");
  await expect(why).toBeFocused();
  const ask = contact.getByRole("button", { name: zh ? "显示" : "Show", exact: true });
  await ask.click();
  await expect(why).toHaveAttribute("aria-invalid", "true");
  await accessible(page);
  await shot(page, `personal-asked-${info.project.name}`);
  await why.fill("约谈签约");
  await ask.click();
  const tel = contact.getByRole("link");
  await expect(tel).toHaveAttribute("href", "tel:+8613800000000");
  await expect(tel).toHaveText("13800000000");
  await expect(tel).toBeFocused();
  await expect(contact).toContainText("11010519491231002X");
  if (project.phone) expect((await tel.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `personal-shown-${info.project.name}`);
  expect(await stored()).not.toMatch(/13800000000|11010519491231002/i);
  await contact.getByRole("button", { name: zh ? /^隐藏/ : /^Hide/ }).click();
  await expect(contact).toContainText("138****0000");

  // The form has it masked, and leaves it as it is where something else is corrected.
  await named.getByRole("button", { name: zh ? `更正：${party.code}` : `Correct: ${party.code}`, exact: true }).click();
  await expect(phone).toHaveValue("138****0000");
  await phone.fill("");
  await form.getByLabel(zh ? "事由" : "Reason", { exact: true }).fill("号码已停用");
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(contact).not.toContainText("138****0000");
  await expect(contact).toContainText("1101**********002X");

  // A planner sees neither, nor that there is something to be shown.
  await actAs(page, url, "planner");
  await drawn(page);
  await expect(page.locator(".named .kv")).toBeVisible();
  await expect(page.locator("zb-contact")).toHaveCount(0);
  await expect(page.locator("body")).not.toContainText("002X");
});

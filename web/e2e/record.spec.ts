import type { Locator, Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import { accessible, actAs, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  allowed: /ERR_FAILED|Failed to load resource|^4\d\d \S+\/api\/v1\/facts/, // what these tests provoke
});

test.beforeEach(({ project }) => diagonal(project));

type Schemas = components["schemas"];

/** opened is a holding that has signed, opened on its plot: a visit to it moves no figure and no list of whom to visit. */
async function opened(page: Page, url: string): Promise<{ code: string; hold: Locator }> {
  const list = await page.request.get(`${url}/api/v1/holdings?parcel=P-05&signed=true&limit=1`);
  const [holding] = ((await list.json()) as Schemas["HoldingList"]).items;
  const code = holding?.code ?? "";
  await page.goto(`/plots/${holding?.land[0]?.plot}`);
  await drawn(page);
  const row = page.locator(`[data-holding="${code}"]`);
  await row.getByRole("button").first().click();
  return { code, hold: row.locator("zb-holding > .hold") };
}

/** written counts the facts of a holding that have such a note, voided ones too. */
async function written(page: Page, url: string, code: string, note: string): Promise<number> {
  const answer = await page.request.get(`${url}/api/v1/facts?subject=holding:${code}&limit=1000`);
  return ((await answer.json()) as Schemas["FactList"]).items.filter((f) => f.note === note).length;
}

/** takeBack voids the fact with such a note as people click: not who recorded it, but another officer. */
async function takeBack(
  page: Page,
  url: string,
  code: string,
  hold: Locator,
  note: string,
  zh: boolean,
): Promise<void> {
  const fact = hold.locator(".facts li", { hasText: note });
  await expect(fact).toContainText(zh ? "须他人作废" : "Voided by others only");
  await expect(fact.getByRole("button")).toHaveCount(0);
  await actAs(page, url, "officer2");
  await drawn(page);
  await page.locator(`[data-holding="${code}"]`).getByRole("button").first().click();
  await fact.getByRole("button", { name: zh ? "作废：走访" : "Void: " }).click();
  const reason = fact.getByLabel(zh ? "作废理由" : "Reason");
  await expect(reason).toBeFocused();
  await fact.getByRole("button", { name: zh ? "保存" : "Save" }).click(); // without a reason: refused
  await expect(reason).toHaveAttribute("aria-invalid", "true");
  await expect(fact.locator("small.bad")).toBeVisible();
  await accessible(page);
  await reason.fill("测试");
  await fact.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(fact).toHaveClass(/voided/);
  await expect(fact).toContainText(zh ? "已作废" : "Voided");
  await expect(fact.getByRole("button")).toHaveCount(0);
  await expect(fact).toBeFocused();
}

test("a visit is recorded, shown at once, and voided with a reason", async ({ page, project, url }, info) => {
  test.slow();
  const zh = project.language === "zh";
  const note = `谈了评估 ${Date.now()}`;
  const { code, hold } = await opened(page, url);
  const open = hold.getByRole("button", { name: zh ? "记事实" : "Record a fact" });
  await open.click();
  const form = hold.locator("form.rec");
  const kind = form.getByLabel(zh ? "事实" : "Fact", { exact: true });
  await expect(kind).toBeFocused();
  await expect(kind).toHaveValue("visited");
  await expect(kind.locator("option")).toHaveCount(12);
  const day = form.getByLabel(zh ? "发生日期" : "Day it happened");
  await expect(day).toHaveValue("2022-12-30"); // the last day of the demonstration
  await form.getByLabel(zh ? "走访人" : "By whom").fill("演示甲");
  await form.getByLabel(zh ? "备注" : "Note").fill(note);
  await form.getByRole("button", { name: zh ? "添加依据" : "Add evidence" }).click();
  const name = form.getByLabel(zh ? "依据名称" : "Name of the evidence");
  await expect(name).toBeFocused();
  await name.fill("走访记录");
  await form.getByLabel(zh ? "文号" : "Document number").fill("演示访〔2022〕1号");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-record-${info.project.name}`);
  if (project.phone) {
    const small = await form.locator(".inp, .btn").evaluateAll((all) => all.filter((e) => e.clientHeight < 42).length);
    expect(small).toBe(0);
    await page.setViewportSize({ width: 390, height: 480 }); // a keyboard takes the rest
    await form.getByLabel(zh ? "走访人" : "By whom").focus();
    await expect(form.getByRole("button", { name: zh ? "保存" : "Save" })).toBeInViewport({ ratio: 1 });
    await page.setViewportSize({ width: 390, height: 844 });
  }

  if (!project.phone) {
    await day.fill("2022-2-30");
    await expect(form.locator("small.bad")).toContainText("2022-03-31"); // how a day is written, while it is typed
    await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
    await expect(day).toBeFocused();
  }

  // A day that is yet to come is refused beside its field, and all that was typed stays.
  await day.fill("2150-01-01");
  await form.getByRole("button", { name: zh ? "试算" : "Check" }).click();
  const said = form.locator(".fld", { hasText: zh ? "发生日期" : "Day it happened" }).locator("small.bad");
  await expect(said).toContainText(zh ? "还没有到" : "2150-01-01");
  await expect(day).toBeFocused();
  await day.fill("2150-01-02");
  await expect(said).toHaveCount(0);
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(said).toContainText("2150-01-02");
  await expect(form.getByLabel(zh ? "备注" : "Note")).toHaveValue(note);
  await accessible(page);
  await shot(page, `demo-record-refused-${info.project.name}`);
  expect(await written(page, url, code, note)).toBe(0);

  await day.fill("2022-12-29");
  await form.getByRole("button", { name: zh ? "试算" : "Check" }).click();
  await expect(form.locator(".rec-told")).toContainText(zh ? "试算通过，尚未写入" : "Nothing is written yet");
  expect(await written(page, url, code, note)).toBe(0);
  await page.route("**/api/v1/facts", (route) =>
    route.fulfill({ status: 403, json: { code: "write.elsewhere", status: 403, title: "—", detail: "1 + 1 = 2" } }),
  );
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click(); // no field is to blame
  await expect(form.getByRole("alert")).toHaveText("1 + 1 = 2");
  await expect(form.getByRole("alert")).toBeInViewport({ ratio: 1 });
  await page.unroute("**/api/v1/facts");
  await form.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(hold.locator("zb-record > .rec-told")).toContainText(zh ? "已记录：走访，2022-12-29。" : "2022-12-29.");
  await expect(open).toBeFocused();
  const fact = hold.locator(".facts li", { hasText: note });
  await expect(fact).toContainText("演示访〔2022〕1号");
  expect(await written(page, url, code, note)).toBe(1);
  await fits(page);
  await oneLanguage(page, project.language);
  await takeBack(page, url, code, hold, note, zh);

  // What others rest on is not voided; the server names them.
  const surveyed = hold.locator(".facts li", { hasText: zh ? "摸查" : "Surveyed" }).first();
  const take = surveyed.getByRole("button", { name: zh ? "作废：摸查" : "Void: Surveyed" });
  await take.click();
  await surveyed.getByLabel(zh ? "作废理由" : "Reason").fill("测试");
  await surveyed.getByRole("button", { name: zh ? "保存" : "Save" }).click();
  await expect(surveyed.getByRole("alert").locator("li").first()).toContainText(zh ? "测绘" : "measured");
  await expect(surveyed.getByLabel(zh ? "作废理由" : "Reason")).toHaveValue("测试");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-void-refused-${info.project.name}`);
  await surveyed.getByRole("button", { name: zh ? "取消" : "Cancel" }).click();
  await expect(take).toBeFocused();
  await expect(surveyed).not.toHaveClass(/voided/);
  await shot(page, `demo-voided-${info.project.name}`);
});

test("what the network swallowed is kept, sent again by itself, and written exactly once", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const note = `断网 ${Date.now()}`;
  const { code, hold } = await opened(page, url);
  const record = async () => {
    await hold.getByRole("button", { name: zh ? "记事实" : "Record a fact" }).click();
    await hold
      .locator("form.rec")
      .getByLabel(zh ? "备注" : "Note")
      .fill(note);
    await hold
      .locator("form.rec")
      .getByRole("button", { name: zh ? "保存" : "Save" })
      .click();
  };
  const bar = page.locator("zb-unsent");

  // The server writes it, and its answer is lost on the way.
  await page.route("**/api/v1/facts", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await record();
  await expect(bar).toContainText(zh ? "未送达 1 条" : "1 not sent");
  await expect(bar).toContainText(code);
  await expect(hold.locator("zb-record > .rec-told")).toContainText(zh ? "没有回音" : "did not answer");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-unsent-${info.project.name}`);
  await bar.getByRole("button", { name: zh ? "重发" : "Send again" }).click(); // still cut
  await expect(bar).toContainText(zh ? "未送达 1 条" : "1 not sent");
  await page.reload(); // nothing is lost with the page
  await drawn(page);
  await expect(bar).toContainText(zh ? "未送达 1 条" : "1 not sent");
  await page.unroute("**/api/v1/facts");
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(bar).toContainText(zh ? "已送达 1 条" : "1 sent");
  expect(await written(page, url, code, note)).toBe(1);

  // A request that never arrived can be given up.
  await page.locator(`[data-holding="${code}"]`).getByRole("button").first().click();
  await page.route("**/api/v1/facts", (route) => route.abort());
  await record();
  await expect(bar).toContainText(zh ? "未送达 1 条" : "1 not sent");
  await bar.getByRole("button", { name: zh ? "放弃" : "Discard" }).click();
  await expect(bar).not.toContainText(zh ? "未送达" : "not sent");
  await page.unroute("**/api/v1/facts");
  expect(await written(page, url, code, note)).toBe(1);
  await takeBack(page, url, code, hold, note, zh);
});

import { copyFileSync, mkdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import type { components } from "../src/api/schema";
import {
  accessible,
  diagonal,
  drawn,
  expect,
  fits,
  oneLanguage,
  otherLanguage,
  printed,
  screenOf,
  shot,
  test,
  toDay,
} from "./page";

import { psql } from "./psql";

// Both sizes and both languages are seen, not each with each: all tests stay within ten minutes.
test.beforeEach(({ project }) => diagonal(project));

type Schemas = components["schemas"];
type Progress = Schemas["Progress"];

test.use({ url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? "") });

const ask = async <T>(page: Page, url: string, path: string): Promise<T> =>
  (await (await page.request.get(new URL(path, url).href)).json()) as T;

const figures = ["released", "in_procedure", "clearable", "remaining"] as const;

/** rounded is a figure of the API in hundredths of a hectare, as the page must print it. */
const rounded = (m2: number): number => Math.round(m2 / 100);

/** near says that a figure levelled to the total of its column is the API's rounded one, or the next to it. */
function near(shown: number, m2: number): void {
  expect(Math.abs(shown - rounded(m2))).toBeLessThanOrEqual(1);
}

/** sameTiles holds the tiles to the API's figures, rounded; only where those do not add up to expected may one give way. */
function sameTiles(tiles: readonly number[], f: Schemas["Figures"]): void {
  const exact = figures.map((name) => rounded(f[`${name}_m2`]));
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  expect(sum(tiles)).toBe(rounded(f.expected_m2 ?? 0));
  expect(tiles[0]).toBe(exact[0]);
  if (sum(exact) === sum(tiles)) expect(tiles).toEqual(exact);
  else for (const [i, name] of figures.entries()) near(tiles[i] ?? Number.NaN, f[`${name}_m2`]);
}

/** agree compares everything that the overview prints with what the API answers for the day. */
async function agree(page: Page, url: string, day: string): Promise<Progress> {
  const api = await ask<Progress>(page, url, `/api/v1/progress?at=${day}`);
  const f = api.round.figures;
  const released = f.released_ha.toFixed(2);
  await expect(page.locator(".one b")).toHaveText(released);
  const tiles = (await page.locator(".figs .tile .v").allTextContents()).map(printed);
  expect(tiles).toHaveLength(4);
  expect(tiles[0]).toBe(printed(released));
  sameTiles(tiles, f);
  const total = page.locator(".prog tfoot .two");
  const expected = printed(await total.locator("small").textContent());
  expect(tiles.reduce((a, b) => a + b)).toBe(expected);
  expect(expected).toBe(rounded(f.expected_m2 ?? 0));
  const columns: [number[], number[]] = [[], []];
  for (const p of api.parcels) {
    const cell = page.locator(`.prog tr[data-code="${p.code}"] .two`);
    const own = (el: Element) => [...el.childNodes].map((n) => (n instanceof Text ? n.data : "")).join("");
    columns[0].push(printed(await cell.evaluate(own)));
    columns[1].push(printed(await cell.locator("small").textContent()));
    near(columns[0].at(-1) ?? Number.NaN, p.figures.released_m2);
    near(columns[1].at(-1) ?? Number.NaN, p.figures.expected_m2 ?? Number.NaN);
    const rate = p.figures.signing.households.rate;
    await expect(page.locator(`.prog tr[data-code="${p.code}"] .rt`).first()).toHaveText(
      rate === null ? "—" : (rate * 100).toFixed(0),
    );
  }
  expect(columns.map((c) => c.reduce((a, b) => a + b))).toEqual([tiles[0], expected]);
  await expect(page.locator("zb-curve svg")).toHaveAttribute(
    "aria-label",
    new RegExp(`(?=.*${day})(?=.* ${released} )`),
  );
  await expect(page.locator("zb-curve .c-lab.g").first()).toHaveText(released);
  return api;
}

/** colourAt is the colour of the map's tiles at a point of the screen. */
const colourAt = (page: Page, at: { x: number; y: number }): Promise<number[]> =>
  page.evaluate(({ x, y }) => {
    for (const c of document.querySelectorAll<HTMLCanvasElement>("canvas.leaflet-tile")) {
      const r = c.getBoundingClientRect();
      if (x < r.left || x >= r.right || y < r.top || y >= r.bottom || c.width === 0) continue;
      const [px, py] = [((x - r.left) / r.width) * c.width, ((y - r.top) / r.height) * c.height];
      const copy = document.createElement("canvas").getContext("2d");
      copy?.drawImage(c, px, py, 1, 1, 0, 0, 1, 1);
      return [...(copy?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
    }
    return [];
  }, at);

test("the date moves top bar, tiles, table, curve and map together, each figure as the API has it", async ({
  page,
  url,
  project,
}) => {
  test.slow();
  // A block that is released on the last day: its plots are the green of the map by then, and were not in 2021.
  const blocks = await ask<Schemas["Blocks"]>(page, url, "/api/v1/blocks");
  const [lon = 0, lat = 0] = blocks.items[0]?.centre ?? [];
  const asked: string[] = [];
  page.on("request", (r) => {
    if (r.url().includes("/tiles/")) asked.push(r.url());
  });
  await page.goto(`/?at=2021-06-30#17/${lat}/${lon}`);
  await drawn(page);
  const first = await agree(page, url, "2021-06-30");
  expect(asked.every((u) => u.includes("at=2021-06-30"))).toBe(true);
  const spot = await screenOf(page, lon, lat);
  const green = [0x11, 0x7a, 0x65];
  expect(await colourAt(page, spot)).not.toEqual(green);
  let last = first;
  for (const day of ["2022-03-31", "2022-12-30"]) {
    asked.length = 0;
    await toDay(page, day);
    last = await agree(page, url, day);
    await expect
      .poll(() => asked.length > 0 && asked.every((u) => (day === "2022-12-30" ? !u.includes("at=") : u.includes(day))))
      .toBe(true);
  }
  await expect.poll(() => colourAt(page, spot)).toEqual(green);
  expect(last.round.figures.released_ha).toBeGreaterThan(first.round.figures.released_ha);
  expect(project.phone || (await page.locator(".one .pc").textContent())).toBeTruthy();
  await page.goBack();
  await expect(page.locator(".dv")).toContainText("2022-03-31");
  await agree(page, url, "2022-03-31");
  await expect.poll(() => colourAt(page, spot)).not.toEqual(green);
});

test("quick steps end on the last day asked for, and no older answer is shown over it", async ({
  page,
  project,
  url,
}) => {
  test.skip(project.phone, "the phone has the calendar only");
  await page.goto("/?at=2022-09-30");
  await drawn(page);
  // The first answer comes late: it must not replace the later ones.
  let held: (() => void) | undefined;
  await page.route("**/api/v1/progress?at=2022-09-29", async (route) => {
    await new Promise<void>((go) => {
      held = go;
    });
    await route.continue();
  });
  const back = page.locator(".date .ib").first();
  for (let i = 0; i < 3; i++) await back.click();
  await expect(page.locator(".dv")).toContainText("2022-09-27");
  const late = page.waitForResponse("**/api/v1/progress?at=2022-09-29");
  held?.();
  await (await late).finished();
  await expect(page.locator(".dv")).toContainText("2022-09-27");
  await agree(page, url, "2022-09-27");
});

test("a fact recorded elsewhere moves figures and map by itself, and its void moves them back", async ({
  page,
  project,
}) => {
  const data = process.env.ZHENGBEI_E2E_DEMO_DATA;
  test.skip(!data || project.phone || project.language === "en", "once is enough, in a data folder of our own");
  const demo = (sql: string) => psql(data ?? "", sql, "zhengbei_demo");
  const [code = "", lon = "0", lat = "0"] = demo(
    `SELECT s.code, ST_X(p), ST_Y(p) FROM plot_state st JOIN subject s USING (subject_id)
     JOIN feature_version v ON v.fid = st.subject_id AND upper_inf(v.known), ST_Transform(ST_PointOnSurface(v.shape), 4326) p
     WHERE st.stage = 'accepted' AND st.valid @> date '2022-12-30' AND upper_inf(st.known) ORDER BY s.code LIMIT 1`,
  ).split("|");
  await page.goto(`/#18/${lat}/${lon}`);
  await drawn(page);
  const released = page.locator(".one b");
  await expect(released).toHaveText("128.40");
  const spot = await screenOf(page, Number(lon), Number(lat));
  const green = [0x11, 0x7a, 0x65];
  await expect.poll(() => colourAt(page, spot)).toEqual([0x2e, 0x86, 0xc1]);
  const fact = demo(
    `INSERT INTO fact (subject_id, kind, occurred_on, recorded_by) SELECT subject_id, 'stored', '2022-12-30', 'psql' FROM subject WHERE code = '${code}' RETURNING fact_id`,
  );
  await expect(released).not.toHaveText("128.40");
  await expect.poll(() => colourAt(page, spot)).toEqual(green);
  demo(
    `INSERT INTO fact (subject_id, kind, occurred_on, recorded_by, voids, reason) SELECT subject_id, 'voided', occurred_on, 'psql', fact_id, '误记' FROM fact WHERE fact_id = ${fact}`,
  );
  await expect(released).toHaveText("128.40");
  await expect.poll(() => colourAt(page, spot)).toEqual([0x2e, 0x86, 0xc1]);
});

test("the overview is one picture: ribbon, figures with their formulas, one language, accessible", async ({
  page,
  project,
}, info) => {
  const zh = project.language === "zh";
  await page.goto("/");
  await drawn(page);
  await expect(page.locator(".ribbon")).toHaveText(zh ? "演示数据" : "Demonstration");
  await expect(page.locator(".one b")).toHaveText("128.40");
  await expect(page.locator("zb-curve svg")).toBeVisible();
  await expect(page.locator(".formula")).toHaveCount(0);
  await shot(page, `demo-overview-${info.project.name}`);
  if (process.env.UPDATE_SCREENSHOT === "1" && info.project.name === "desktop-zh") {
    mkdirSync("../.github", { recursive: true });
    copyFileSync("e2e/shots/demo-overview-desktop-zh.png", "../.github/overview.png");
  }
  for (const ask of await page.locator(".figs .ask-i").all()) {
    await ask.click();
    await expect(page.locator("#formula .formula")).toContainText("=");
  }
  await page.locator(".sh .ask-i").click();
  await expect(page.locator("#rates")).toBeVisible();
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await page.locator(".sh .ask-i").click();
  await expect(page.locator(".formula")).toHaveCount(0);
});

test("the stage legend adds up to the scope, and filters the map", async ({ page, project }) => {
  const zh = project.language === "zh";
  await page.goto("/");
  await drawn(page);
  const legend = page.locator(project.phone ? ".in-panel .legend" : ".on-map .legend");
  await expect(legend.locator("tr[data-layer]")).toHaveCount(8);
  const column = async (n: number) =>
    (await legend.locator(`tr[data-layer] td:nth-child(${n})`).allTextContents()).map(printed);
  const total = legend.locator(".tot td");
  for (const n of [3, 4])
    expect((await column(n)).reduce((a, b) => a + b)).toBe(printed(await total.nth(n - 1).textContent()));
  await expect(total.nth(2)).toHaveText("525.10");
  await expect(total.nth(3)).toHaveText("1,158");
  const stored = printed(await legend.locator('tr[data-layer="stored"] td').nth(2).textContent());
  expect(stored).toBe(printed(await page.locator(".one b").textContent()));
  await legend.getByRole("button", { name: zh ? "留用" : "Retained" }).click();
  await expect(total.nth(2)).not.toHaveText("525.10");
  await page.reload();
  await expect(legend.locator("tr.off")).toHaveCount(1);
  await accessible(page);
  await legend.getByRole("button", { name: zh ? "全部显示" : "Show all" }).click();
  await expect(total.nth(2)).toHaveText("525.10");
});

test("every link keeps the day and the knowledge, and a click with Ctrl opens another tab", async ({
  page,
  context,
  project,
}) => {
  diagonal(project);
  const clocks = "at=2022-06-30&known=2022-09-30";
  for (const path of ["/parcels/P-02?", "/plots/L-000273?", "/signing?", "/table?", "/?"]) {
    await page.goto(path + clocks);
    await expect(page.locator("zb-ledger .sec, .vis li, .big tbody, .prog tbody").first()).toBeVisible();
    const hrefs = await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
    expect(hrefs.length).toBeGreaterThan(2);
    expect(hrefs.filter((href) => !(href.includes("at=2022-06-30") && href.includes("known=2022-09-30")))).toEqual([]);
  }
  if (project.phone) return; // a thumb has no Ctrl
  for (const link of [".nav a >> nth=1", ".prog .lk, .sh a.lk", '.prog tr[data-code="P-02"] a']) {
    const opened = context.waitForEvent("page");
    await page
      .locator(link)
      .first()
      .click({ modifiers: ["ControlOrMeta"] });
    const tab = await opened;
    await expect(tab.locator(".dv")).toContainText("2022-06-30");
    expect(new URL(tab.url()).search).toContain("known=2022-09-30");
    await tab.close();
  }
  const opened = context.waitForEvent("page");
  await page.locator(".nav a").last().click({ button: "middle" });
  await (await opened).close();
  expect(new URL(page.url()).pathname).toBe("/"); // nothing opened here
});

test("the stage legend is of the parcel that is opened, and says whose figures it shows", async ({
  page,
  project,
  url,
}) => {
  test.skip(project.phone, "the phone has the legend in the overview only");
  const zh = project.language === "zh";
  const legend = page.locator(".on-map .legend");
  const head = legend.locator("thead th").first();
  const [district, name] = zh ? ["全区", "福城南产业片区"] : ["Whole district", "Fucheng South industrial area"];
  await page.goto("/");
  await expect(head).toHaveText(district);
  await page.locator('.prog tr[data-code="P-02"] a').click();
  await expect(head).toHaveText(name);
  const api = await ask<Progress>(page, url, "/api/v1/progress");
  const f = api.parcels.find((p) => p.code === "P-02")?.figures;
  for (const group of ["planned", "partly_signed", "all_signed", "cleared", "retained", "kept"] as const) {
    const cells = await legend.locator(`tr[data-layer="${group}"] td`).allTextContents();
    near(printed(cells[2] ?? null), f?.stages[group].area_m2 ?? Number.NaN);
    expect(cells[3]).toBe(String(f?.stages[group].plots));
  }
  const total = legend.locator(".tot td");
  await expect(total.nth(2)).toHaveText("77.00");
  await legend.getByRole("button", { name: zh ? "未签约" : "Not signed" }).click();
  await expect(head).toHaveText(zh ? `${name} · 所选阶段` : `${name} · chosen stages`);
  await expect(total.nth(2)).not.toHaveText("77.00");
  await page.locator(".crumb a").click();
  await expect(head).toHaveText(zh ? `${district} · 所选阶段` : `${district} · chosen stages`);
});

test("a parcel opens to its facts, contracts, keystones and blocks; a plot to its holdings, and they to it", async ({
  page,
  project,
  url,
}, info) => {
  const zh = project.language === "zh";
  await page.goto("/parcels/P-02");
  await drawn(page);
  const panel = page.locator(".panel");
  await expect(panel.locator(".cons dd")).toHaveCount(6);
  await expect(panel).toContainText(zh ? "247 户 787 栋" : "247 holdings, 787 buildings");
  await expect(panel.locator(".facts li").first()).toBeVisible();
  await expect(panel.locator(".keys li")).toHaveCount(3);
  const stages = (await panel.locator(".stages dd").allTextContents()).map(printed);
  expect(stages.reduce((a, b) => a + b)).toBe(7700);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-parcel-${info.project.name}`);

  const { items } = await ask<Schemas["HoldingList"]>(page, url, "/api/v1/holdings?parcel=P-02&signed=true&limit=1");
  const holding = items[0] as Schemas["Holding"];
  const plot = holding.land[0]?.plot ?? "";
  await page.goto(`/plots/${plot}`);
  await drawn(page);
  const row = panel.locator(`[data-holding="${holding.code}"]`);
  await row.getByRole("button").first().click();
  await expect(row.locator(".hold")).toContainText(holding.parties[0]?.name ?? "—");
  await expect(row.locator(".facts li").first()).toBeVisible();
  await expect(panel.locator(".stage")).toBeVisible();
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-plot-${info.project.name}`);
  const [contract] = (
    await ask<Schemas["ContractList"]>(page, url, `/api/v1/contracts?plot=${plot}&kind=relocation&limit=1`)
  ).items;
  const paper = panel.locator(`[data-contract="${contract?.code}"]`);
  await paper.getByRole("button").first().click(); // it closes the holding and opens the contract
  await expect(paper.locator(".facts .d").first()).toBeVisible();
  await expect(paper.locator(".facts small").first()).toContainText("〔2022〕");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-contract-${info.project.name}`);
  await row.getByRole("button").first().click();
  await row.locator(".hold a").first().click();
  await expect(page).toHaveURL(new RegExp(`/plots/${plot}`));
});

test("a holding, its party and its contract are found by code and by name, and open on the map", async ({
  page,
  project,
  url,
}, info) => {
  diagonal(project);
  const { items } = await ask<Schemas["HoldingList"]>(page, url, "/api/v1/holdings?parcel=P-02&signed=true&limit=1");
  const holding = items[0] as Schemas["Holding"];
  const plot = holding.land[0]?.plot ?? "";
  const paper = (await ask<Schemas["ContractList"]>(page, url, `/api/v1/contracts?holding=${holding.code}&limit=1`))
    .items[0]?.code as string;
  await page.goto("/");
  await drawn(page);
  const type = async (words: string) => {
    if (project.phone) await page.locator("zb-search .ib").first().click();
    else await page.keyboard.press("/");
    await page.keyboard.type(words);
  };
  const named = page.locator(".panel .named");
  await type(holding.parties[0]?.name ?? "—");
  await expect(page.locator(".found .kind").first()).toBeVisible();
  const found = page.getByRole("option").filter({ hasText: holding.code }).first();
  await expect(found).toBeVisible();
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-search-${info.project.name}`);
  await found.click();
  await expect(page).toHaveURL(new RegExp(`/plots/${plot}\\?holding=${holding.code}#`));
  await expect(named.locator(".hold")).toContainText(holding.parties[0]?.name ?? "—");
  await expect.poll(() => Number(new URL(page.url()).hash.slice(1).split("/")[0])).toBeGreaterThan(15); // the map went there
  await type(paper);
  await expect(page.getByRole("option").first()).toContainText(paper);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`contract=${paper}`));
  await expect(named).toContainText(paper);
  await page.goBack();
  await expect(named).toContainText(holding.code);
  await page.reload();
  await expect(named.locator(".hold")).toContainText(holding.parties[0]?.name ?? "—");
  await accessible(page);
  await shot(page, `demo-named-${info.project.name}`);
});

test("a plot is found by the number that the map shows", async ({ page, project }) => {
  await page.goto("/");
  await drawn(page);
  if (project.phone) await page.getByRole("button", { name: project.language === "zh" ? "搜索" : "Search" }).click();
  const field = page.getByRole("combobox");
  for (const words of ["地块 273", "地块273", "273", "plot 273"]) {
    await field.fill(words);
    await expect(page.locator("#found-0")).toContainText("L-000273");
    await field.fill("");
    await expect(page.locator(".found")).toBeHidden();
  }
  await field.fill(project.language === "zh" ? "地块 273" : "plot 273");
  await expect(page.locator("#found-0")).toContainText("L-000273");
  await field.press("Enter");
  await expect(page).toHaveURL(/\/plots\/L-000273/);
  await expect(page.locator(".panel h2.name")).toHaveText("L-000273");
});

test("a keystone lights up its plots and says why it is first; ticked ones show what if they signed", async ({
  page,
  project,
  url,
}, info) => {
  await page.goto("/signing");
  await drawn(page);
  const list = await ask<Schemas["Keystones"]>(page, url, "/api/v1/keystones?limit=20");
  const rows = page.locator(".vis li");
  await expect(rows).toHaveCount(20);
  await expect(rows.first()).toHaveAttribute("data-holding", list.items[0]?.holding ?? "");
  await expect(rows.first().locator(".why")).not.toBeEmpty();
  await expect(rows.first().locator("b").nth(1)).toHaveText((list.items[0]?.gain_ha ?? 0).toFixed(2));
  const before = page.url();
  const plot = page.waitForResponse((r) => r.url().includes(`/plots/items/${list.items[0]?.plots[0]}`));
  await rows.first().locator(".who").click();
  expect((await plot).ok()).toBe(true);
  await expect(rows.first()).toHaveClass("on");
  await expect(page).not.toHaveURL(before); // the map went there
  const [w = 0, s = 0, e = 0, n = 0] = list.items[0]?.box ?? [];
  const [, lat = 0, lon = 0] = new URL(page.url()).hash.slice(1).split("/").map(Number);
  const margin = 0.01;
  expect(lon > w - margin && lon < e + margin && lat > s - margin && lat < n + margin).toBe(true);
  const places = () => rows.evaluateAll((all) => all.slice(0, 8).map((li) => li.getBoundingClientRect().top));
  const still = await places();
  await rows.nth(0).getByRole("checkbox").check();
  await expect(page.locator(".cmp")).toBeInViewport({ ratio: 1 });
  expect(await places()).toEqual(still);
  await rows.nth(1).getByRole("checkbox").check();
  await expect(page.locator(".cmp tbody tr")).toHaveCount(5);
  for (const row of await page.locator(".cmp tbody tr").all()) {
    const [before, after, change] = (await row.locator("td.num").allTextContents()).map(printed);
    expect((after ?? 0) - (before ?? 0)).toBe(change);
  }
  const what = page.locator(".cmp tbody tr").nth(3).locator("td");
  await expect(what.nth(3)).toHaveText("+2");
  expect(printed(await what.nth(2).textContent()) - printed(await what.nth(1).textContent())).toBe(200);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-signing-${info.project.name}`);
  await page.locator(".pickp select").selectOption("P-02");
  await expect(page).toHaveURL(/\/signing\?parcel=P-02/);
  await expect(rows.first()).toHaveAttribute("data-holding", /H-/);
  const parcel = (await ask<Progress>(page, url, "/api/v1/progress")).parcels.find((p) => p.code === "P-02");
  const [w2 = 0, s2 = 0, e2 = 0, n2 = 0] = parcel?.box ?? [];
  await expect // the map goes to the parcel, as it does from the rows
    .poll(() => {
      const [, y = 0, x = 0] = new URL(page.url()).hash.slice(1).split("/").map(Number);
      return x > w2 && x < e2 && y > s2 && y < n2;
    })
    .toBe(true);
});

test("what lies inside a polygon is summed as the API sums it; a crossed one is told in its words", async ({
  page,
  project,
}, info) => {
  const zh = project.language === "zh";
  await page.goto("/#15/22.6835/114.0245");
  await drawn(page);
  const tool = page.getByRole("button", { name: zh ? "框选多边形" : "Select by polygon" });
  const draw = async (corners: readonly (readonly [number, number])[]) => {
    await tool.click();
    if (project.phone) await expect(page.locator("body")).toHaveAttribute("data-sheet", "low"); // the map gets the room
    const box = (await page.locator("#map").boundingBox()) as { x: number; y: number; width: number; height: number };
    for (const [x, y] of corners) await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
    await fits(page);
    await oneLanguage(page, project.language);
    await shot(page, `demo-drawing-${info.project.name}`);
    const answer = page.waitForResponse("**/api/v1/progress/selection");
    if (project.phone) await page.locator(".measure .end .btn").last().click();
    else await page.keyboard.press("Enter");
    return answer;
  };
  const answer = await draw([
    [0.35, 0.3],
    [0.65, 0.3],
    [0.65, 0.6],
    [0.35, 0.6],
  ]);
  const sum = (await answer.json()) as Schemas["Selection"];
  expect(sum.plots.length).toBeGreaterThan(0);
  const panel = page.locator("zb-selection");
  await expect(panel).toContainText(zh ? `${sum.plots.length} 宗地块` : `${sum.plots.length} plots`);
  const tiles = (await panel.locator(".figs .v").allTextContents()).map(printed);
  sameTiles(tiles, sum.figures);
  const whole = printed(await panel.locator(".beyond b").textContent());
  expect(whole).toBe(rounded(sum.figures.expected_m2 ?? 0));
  expect(tiles.reduce((a, b) => a + b)).toBe(whole);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-selection-${info.project.name}`);
  // The address has the selection: loaded anew, it sums the same.
  await expect(page).toHaveURL(/\?polygon=114\.\d{1,6},22\.\d{1,6};/);
  await page.reload();
  await expect(panel).toContainText(zh ? `${sum.plots.length} 宗地块` : `${sum.plots.length} plots`);
  expect((await panel.locator(".figs .v").allTextContents()).map(printed)).toEqual(tiles);
  // The day moves the sum as well.
  const moved = page.waitForResponse("**/api/v1/progress/selection");
  await toDay(page, "2021-12-31");
  expect(((await (await moved).json()) as Schemas["Selection"]).at).toBe("2021-12-31");
  await panel.getByRole("button", { name: zh ? "取消框选" : "Drop the selection" }).click();
  await expect(panel).toHaveCount(0);
  await expect(page).not.toHaveURL(/polygon=/);
});

test("a link with a selection that cannot be read says so and selects nothing", async ({ page, project }) => {
  await page.goto("/?polygon=114.02,22.69;nowhere");
  await drawn(page);
  await expect(page.locator(".notice")).not.toBeEmpty();
  await expect(page.locator("zb-selection")).toHaveCount(0);
  await expect(page).not.toHaveURL(/polygon=/);
  await oneLanguage(page, project.language);
});

test("a thumb takes the last corner back", async ({ page, project }) => {
  test.skip(!project.phone, "keys do it elsewhere");
  const zh = project.language === "zh";
  await page.goto("/#15/22.6835/114.0245");
  await drawn(page);
  await page.getByRole("button", { name: zh ? "框选多边形" : "Select by polygon" }).click();
  await expect(page.locator("body")).toHaveAttribute("data-sheet", "low");
  const box = (await page.locator("#map").boundingBox()) as { x: number; y: number; width: number; height: number };
  for (const [x, y] of [
    [0.35, 0.4],
    [0.65, 0.4],
    [0.65, 0.6],
    [0.2, 0.7],
  ] as const)
    await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  const back = page.getByRole("button", { name: zh ? "退一点" : "Undo corner" });
  expect((await back.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  await fits(page);
  await accessible(page);
  await back.click();
  const answer = page.waitForResponse("**/api/v1/progress/selection");
  await page.getByRole("button", { name: zh ? "结束" : "Finish" }).click();
  const asked = (await answer).request().postDataJSON() as { polygon: { coordinates: [number[][]] } };
  expect(asked.polygon.coordinates[0]).toHaveLength(4); // three corners, and the first again
});

test("a circle is drawn with two clicks, and by keys alone; Esc leaves", async ({ page, project }) => {
  test.skip(project.phone, "the phone has the polygon");
  const zh = project.language === "zh";
  await page.goto("/#15/22.6920/114.0215");
  await drawn(page);
  const tool = page.getByRole("button", { name: zh ? "框选圆形" : "Select by circle" });
  await tool.click();
  await page.keyboard.press("Escape");
  await expect(page.locator(".measure")).toHaveCount(0);
  await tool.click();
  await page.mouse.click(520, 440);
  const answer = page.waitForResponse("**/api/v1/progress/selection");
  await page.mouse.click(600, 440);
  const response = await answer;
  const asked = response.request().postDataJSON() as { circle: { radius_m: number } };
  expect(asked.circle.radius_m).toBeGreaterThan(340); // 80 px at 4.4 m
  expect(asked.circle.radius_m).toBeLessThan(365);
  const { plots } = (await response.json()) as Schemas["Selection"];
  expect(plots.length).toBeGreaterThan(0);
  await expect(page.locator("zb-selection")).toContainText(zh ? `${plots.length} 宗地块` : `${plots.length} plots`);
  await expect(page).toHaveURL(/circle=114\.\d+,22\.\d+;3\d\d(\.\d+)?/);
  await page.reload();
  await expect(page.locator("zb-selection")).toContainText(zh ? `${plots.length} 宗地块` : `${plots.length} plots`);
  await page.getByRole("button", { name: zh ? "重新框选" : "Select again" }).click();
  await page.locator("#map").focus();
  const move = ["ArrowRight", "ArrowDown", "ArrowLeft"];
  await page.keyboard.press("Space");
  for (const key of move) {
    const before = page.url();
    await page.keyboard.press(key);
    await expect(page).not.toHaveURL(before);
    await page.keyboard.press("Space");
  }
  const again = page.waitForResponse("**/api/v1/progress/selection");
  await page.keyboard.press("Enter");
  expect((await again).ok()).toBe(true);
});

test("a day that is yet to come says so, quietly; the last day of facts does not", async ({ page, project }) => {
  await page.goto("/?at=2023-06-30");
  await drawn(page);
  await expect(page.locator(".ahead")).toBeVisible();
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await toDay(page, "2022-12-30");
  await expect(page.locator(".ahead")).toHaveCount(0);
});

test("a link to what nobody can know yet says so, asks for nothing of it and shows what is known today", async ({
  page,
  project,
}) => {
  await page.goto("/?known=2099-01-01#15/22.69000/114.02000");
  await drawn(page);
  await expect(page.locator(".notice")).toContainText("2099-01-01");
  await expect(page).not.toHaveURL(/known=/);
  await expect(page.locator(".figs .tile")).toHaveCount(4);
  await oneLanguage(page, project.language);
});

test("a notice is told whole, in the language shown, and goes when it is closed", async ({ page, project }) => {
  const says = {
    zh: /^链接中的“按 2099-01-01 所知”尚未到或不存在，所示按今日所知。链接中的框选范围无法读取，未作框选。$/,
    en: /^Nobody can know yet what the link asks for \(2099-01-01\); this is as known today\. The selected area in the link cannot be read; nothing is selected\.$/,
  };
  await page.goto("/?at=2022-12-30&known=2099-01-01&circle=x");
  await drawn(page);
  const notice = page.locator(".notice span");
  await expect(notice).toHaveText(says[project.language]);
  await otherLanguage(page, project.phone);
  await expect(notice).toHaveText(says[project.language === "zh" ? "en" : "zh"]);
  const cut = await notice.evaluate((el) => el.scrollWidth > el.clientWidth || el.scrollHeight > el.clientHeight);
  expect(cut).toBe(false);
  const { x = 0, width = 0, y = 0, height = 0 } = (await page.locator(".notice").boundingBox()) ?? {};
  expect(
    x >= 0 && x + width <= (page.viewportSize()?.width ?? 0) && y + height <= (page.viewportSize()?.height ?? 0),
  ).toBe(true);
  await accessible(page);
  await page.locator(".notice").getByRole("button").click();
  await expect(page.locator(".notice")).toHaveCount(0);
});

test.describe("a crossed outline", () => {
  test.use({ allowed: /422/ });
  test("is told with the server's sentence", async ({ page, project }) => {
    test.skip(project.phone, "once a language is enough");
    const zh = project.language === "zh";
    await page.goto("/#15/22.6835/114.0245");
    await drawn(page);
    await page.getByRole("button", { name: zh ? "框选多边形" : "Select by polygon" }).click();
    for (const [x, y] of [
      [450, 300],
      [650, 500],
      [650, 300],
      [450, 500],
    ] as const)
      await page.mouse.click(x, y);
    const answer = page.waitForResponse("**/api/v1/progress/selection");
    await page.keyboard.press("Enter");
    const problem = (await (await answer).json()) as Schemas["Problem"];
    await expect(page.locator("zb-selection .ask")).toContainText(problem.detail);
    await expect(page.locator("zb-selection .ask")).toContainText(problem.errors[0]?.mend ?? "—");
    await oneLanguage(page, project.language);
  });
});

test("the table in full width fits a desk's screen in both languages", async ({ page, project }) => {
  test.skip(project.phone, "a phone scrolls it");
  for (const by of ["parcels", "command_posts", "zones"]) {
    await page.goto(`/table?by=${by}`);
    await expect(page.locator(".big tbody .main").first()).toBeVisible();
    if (by === "parcels") await expect(page.locator(".big tbody .use").first()).toBeVisible();
    const wide = await page.locator(".ft-body").evaluate((el) => el.scrollWidth - el.clientWidth);
    expect(wide, by).toBe(0);
  }
});

test("the numbers of the plots stay while the tiles of another day are on their way", async ({ page, project }) => {
  test.skip(project.phone, "once a size is enough");
  await page.goto("/#17/22.6835/114.0245");
  await drawn(page);
  const ink = () =>
    page.evaluate(() => {
      const c = document.querySelector<HTMLCanvasElement>(".leaflet-overlay-pane canvas") as HTMLCanvasElement;
      const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", { willReadFrequently: true });
      copy?.drawImage(c, 0, 0);
      const { data } = copy?.getImageData(0, 0, c.width, c.height) ?? { data: [] };
      return data.filter((v, i) => i % 4 === 3 && v > 0).length;
    });
  await page.waitForTimeout(500);
  const before = await ink();
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  await page.route("**/tiles/**", async (route) => {
    await held;
    await route.continue();
  });
  await toDay(page, "2022-12-29");
  await page.waitForTimeout(500);
  expect(await ink()).toBeGreaterThan(before * 0.9);
  release();
});

test("the table in full width adds up both ways, by parcel, post and zone", async ({ page, project, url }, info) => {
  await page.goto("/table");
  await expect(page.locator(".big tbody .use").first()).toBeVisible();
  const api = await ask<Progress>(page, url, "/api/v1/progress");
  const numbers = async (row: string) =>
    (await page.locator(row).locator("td.num").allTextContents())
      .slice(0, 16)
      .map((text) => printed(text.replace("—", "0")));
  const uses = await page
    .locator(".big tbody")
    .evaluateAll((bodies) =>
      bodies.map((body) =>
        [...body.querySelectorAll("tr")].map((tr) =>
          [...tr.querySelectorAll("td.num")].slice(0, 16).map((td) => td.textContent),
        ),
      ),
    );
  for (const [main, ...below] of uses.map((rows) =>
    rows.map((row) => row.map((v) => printed((v ?? "").replace("—", "0")))),
  ))
    expect(below.reduce((sum, row) => row.map((v, i) => v + (sum[i] ?? 0)), [] as number[])).toEqual(main);
  for (const group of ["parcels", "command_posts", "zones"]) {
    if (group !== "parcels") {
      await page
        .locator(".segs button")
        .nth(group === "zones" ? 2 : 1)
        .click();
      await expect(page).toHaveURL(new RegExp(`by=${group}`));
    }
    const rows = page.locator(".big tbody .main");
    await expect(rows).toHaveCount(api[group as "parcels"].length);
    const total = await numbers(".big tfoot tr");
    const sums = total.map(() => 0);
    for (const p of api[group as "parcels"]) {
      const row = await numbers(`.big .main[data-code="${p.code}"]`);
      row.forEach((v, i) => {
        sums[i] = (sums[i] ?? 0) + v;
      });
      // expected = the six stages, total = expected + retained + kept
      expect(row[0]).toBe([1, 3, 5, 7, 9, 11].reduce((sum, i) => sum + (row[i] ?? 0), 0));
      expect(row[15]).toBe((row[0] ?? 0) + (row[13] ?? 0) + (row[14] ?? 0));
    }
    expect(sums).toEqual(total);
    if (group === "zones") continue; // they do not cover all plots
    expect(total[11]).toBe(12840);
    expect(total[15]).toBe(52510);
  }
  await expect(page.locator(".big tfoot td.num")).toHaveCount(23); // the sums, and rates, week and block of all
  await page.locator(".segs button").first().click();
  await expect(page.locator(".big tbody .use").first()).toBeVisible();
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `demo-table-${info.project.name}`);
  await page.locator(".ft-head .btn").click();
  await expect(page.locator(".figs .tile")).toHaveCount(4);
});

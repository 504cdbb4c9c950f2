import type { APIRequestContext, Page } from "@playwright/test";
import { accessible, actAs, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  allowed: /Failed to load resource|^4\d\d \S+\/ogc\/collections\//, // what these tests provoke
});

test.beforeEach(({ project }) => diagonal(project));

type Position = [number, number];
interface Plot {
  id: string;
  geometry: { type: "Polygon" | "MultiPolygon"; coordinates: unknown };
  properties: { parcel: string; area_m2: number; disposition: string };
}

const json = async <T>(page: Page, address: string) => (await (await page.request.get(address)).json()) as T;

/** aPlot is one that nobody holds, with a ring that has a corner to cut. */
async function aPlot(page: Page, url: string, parcel: string): Promise<{ plot: Plot; ring: Position[] }> {
  const { features } = await json<{ features: Plot[] }>(page, `${url}/ogc/collections/plots/items?limit=2000`);
  for (const plot of features.filter(({ properties: p }) => p.parcel === parcel && p.disposition === "retained")) {
    const { matched } = await json<{ matched: number }>(page, `${url}/api/v1/holdings?plot=${plot.id}&limit=1`);
    const item = await json<Plot>(page, `${url}/ogc/collections/plots/items/${plot.id}`); // as exactly as it is kept
    const { type, coordinates } = item.geometry;
    const rings = (type === "Polygon" ? coordinates : (coordinates as unknown[])[0]) as Position[][];
    const [ring] = rings;
    if (matched === 0 && rings.length === 1 && ring) return { plot: item, ring: ring.slice(0, -1) };
  }
  throw new Error("no plot");
}

/** cut takes a corner of a ring: what stays, the piece, and the ring with that corner pulled outwards. */
function cut(ring: readonly Position[], share = 0.4): { rest: Position[]; piece: Position[]; beyond: Position[] } {
  const n = ring.length;
  const at = (i: number) => ring[(i + n) % n] as Position;
  const turn = (i: number) => {
    const [a, b, c] = [at(i - 1), at(i), at(i + 1)];
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
  };
  const side = Math.sign(ring.reduce((sum, p, i) => sum + p[0] * at(i + 1)[1] - at(i + 1)[0] * p[1], 0));
  const i = ring.map((_, k) => k).sort((a, b) => side * (turn(b) - turn(a)))[0] ?? 0; // the sharpest corner
  const [v, before, after] = [at(i), at(i - 1), at(i + 1)];
  const toward = (p: Position, f: number): Position => [v[0] + f * (p[0] - v[0]), v[1] + f * (p[1] - v[1])];
  const [p, q] = [toward(before, share), toward(after, share)];
  const out: Position = [3 * v[0] - before[0] - after[0], 3 * v[1] - before[1] - after[1]];
  return {
    rest: [...ring.slice(0, i), p, q, ...ring.slice(i + 1)],
    piece: [p, v, q],
    beyond: [...ring.slice(0, i), out, ...ring.slice(i + 1)],
  };
}

const closed = (ring: readonly Position[]): string =>
  JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });

test("a boundary is replaced after a look at what it does, a plot drawn in what was left, and retired", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const { plot, ring } = await aPlot(page, url, project.phone ? "P-04" : "P-02");
  const { rest, piece, beyond } = cut(ring);
  const edit = page.locator("zb-edit");
  const form = edit.locator("form.rec");
  const open = async (path: string, button: string) => {
    await page.goto(path);
    await drawn(page);
    await page.getByRole("button", { name: zh ? "编辑" : "Edit", exact: true }).click();
    await edit.getByRole("button", { name: button }).click();
  };
  const press = (name: string) => form.getByRole("button", { name, exact: true }).click();
  const [check, save] = zh ? ["试算", "保存"] : ["Check", "Save"];

  await open(`/plots/${plot.id}`, zh ? "换边界" : "Replace boundary");
  const text = form.getByLabel(zh ? "边界：GeoJSON" : "Boundary: GeoJSON");
  await expect(text).toBeFocused();
  await text.fill('{"type":"Point"');
  await expect(text).toHaveAttribute("aria-invalid", "true");
  await text.fill(closed(beyond));
  await expect(form).toContainText(zh ? `已读出：${ring.length} 个界址点` : `Read: ${ring.length} points`);
  await form.getByLabel(zh ? "事由" : "Reason").fill("按实测调整，演示");
  await press(check);
  await expect(form.locator(".impact h4")).toContainText(zh ? "重叠" : "overlapping");
  await expect(form.locator(".impact li").first()).toBeVisible();
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `boundary-overlap-${info.project.name}`);

  await form.locator('input[type="file"]').setInputFiles({
    name: "边界.geojson",
    mimeType: "application/geo+json",
    buffer: Buffer.from(closed(rest)),
  });
  await expect(form.locator(".impact")).toHaveCount(0); // it spoke of what was typed before
  await press(check);
  await expect(form.locator(".impact table")).toContainText(
    plot.properties.area_m2.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  );
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `boundary-tried-${info.project.name}`);
  await press(save);
  await expect(edit.locator(".rec-told").filter({ hasText: plot.id })).toContainText(zh ? "已保存" : "Saved");

  await open(`/parcels/${plot.properties.parcel}`, zh ? "新增地块" : "New plot");
  await text.fill(closed(piece));
  await form.getByLabel(zh ? "处置" : "Disposition").selectOption("retained");
  await form.getByLabel(zh ? "来源" : "Source").fill("演示");
  await form.getByLabel(zh ? "事由" : "Reason").fill("分出一角，演示");
  await press(check);
  await expect(form.locator(".impact table")).toBeVisible();
  await press(save);
  await expect(page).toHaveURL(/\/plots\/L-\d+/);
  const fresh = new URL(page.url()).pathname.split("/")[2] ?? "";
  await expect(page.locator(".panel h2.name").first()).toHaveText(fresh);

  await open(`/plots/${fresh}`, zh ? "注销" : "Retire");
  await form.getByLabel(zh ? "请键入编号" : "Type the code").fill("L-0");
  await form.getByLabel(zh ? "事由" : "Reason").fill("并回，演示");
  await press(zh ? "注销" : "Retire");
  await expect(form.locator("small.bad")).toBeVisible(); // not that code
  await form.getByLabel(zh ? "请键入编号" : "Type the code").fill(fresh);
  await accessible(page);
  await shot(page, `retire-${info.project.name}`);
  await press(zh ? "注销" : "Retire");
  await expect(page.locator(".panel .calm b")).toContainText(fresh); // it is no longer there
  const gone = await page.request.get(`${url}/ogc/collections/plots/items/${fresh}`);
  expect(gone.status()).toBe(410);

  // What other tests count is as it was.
  const path = `${url}/ogc/collections/plots/items/${plot.id}`;
  const tag = (await page.request.get(path)).headers().etag ?? "";
  const back = await page.request.patch(path, {
    data: { geometry: plot.geometry, properties: { reason: "还原，演示" } },
    headers: { "If-Match": tag },
  });
  expect(back.status(), await back.text()).toBe(200);
});

/** patch changes a plot as somebody else does. */
async function patch(other: APIRequestContext, path: string, data: unknown): Promise<void> {
  const tag = (await other.get(path)).headers().etag ?? "";
  const done = await other.patch(path, { data, headers: { "If-Match": tag } });
  expect(done.status(), await done.text()).toBe(200);
}

test("two who draw one boundary: both are shown, and neither replaces the other unseen", async ({
  as,
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const { plot, ring } = await aPlot(page, url, project.phone ? "P-05" : "P-06");
  const path = `${url}/ogc/collections/plots/items/${plot.id}`;
  const other = await as("officer2");
  const form = page.locator("zb-edit form.rec");
  const press = (name: string) => form.getByRole("button", { name, exact: true }).click();
  const [check, save] = zh ? ["试算", "保存"] : ["Check", "Save"];
  await page.goto(`/plots/${plot.id}`);
  await drawn(page);
  await page.getByRole("button", { name: zh ? "编辑" : "Edit", exact: true }).click();
  await page
    .locator("zb-edit")
    .getByRole("button", { name: zh ? "换边界" : "Replace boundary" })
    .click();
  await press(check);
  await expect(form.locator("small.bad").first()).toContainText(zh ? "请粘贴" : "Paste"); // nothing is drawn yet
  await form.getByLabel(zh ? "边界：GeoJSON" : "Boundary: GeoJSON").fill(closed(cut(ring).rest));
  await form.getByLabel(zh ? "事由" : "Reason").fill("按实测调整，演示");
  await patch(other, path, {
    geometry: JSON.parse(closed(cut(ring, 0.2).rest)),
    properties: { reason: "他人，演示" },
  });
  await press(check);
  const clash = form.locator(".clash");
  await expect(clash).toContainText("officer2");
  await expect(clash.locator("tbody tr")).toHaveCount(3);
  await expect(clash).not.toContainText(/ETag|current/);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `boundary-clash-${info.project.name}`);
  await page.reload(); // it is not forgotten that this is to be settled
  await drawn(page);
  await expect(clash).toBeVisible();
  await press(zh ? "在现状上继续" : "Go on from the present");
  await press(check);
  await expect(form.locator(".impact table")).toBeVisible();
  await press(save);
  await expect(page.locator("zb-edit .rec-told").filter({ hasText: plot.id })).toContainText(zh ? "已保存" : "Saved");
  await patch(other, path, { geometry: plot.geometry, properties: { reason: "还原，演示" } });
});

test("the boundary of an accepted plot moves once a correction of it is on record", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const { features } = await json<{ features: { id: string; properties: { stage: string } }[] }>(
    page,
    `${url}/ogc/collections/plots/items?limit=2000`,
  );
  const { id = "" } = features.filter((f) => f.properties.stage === "accepted")[project.phone ? 1 : 0] ?? {};
  const { geometry } = await json<Plot>(page, `${url}/ogc/collections/plots/items/${id}`);
  const ring = (geometry.coordinates as Position[][])[0]?.slice(0, -1) ?? [];
  const form = page.locator("zb-edit form.rec");
  const record = form.getByRole("button", { name: zh ? "登记边界更正" : "Record correction of boundary" });
  const draw = async () => {
    await page.getByRole("button", { name: zh ? "编辑" : "Edit", exact: true }).click();
    await page
      .locator("zb-edit")
      .getByRole("button", { name: zh ? "换边界" : "Replace boundary" })
      .click();
    await form.getByLabel(zh ? "边界：GeoJSON" : "Boundary: GeoJSON").fill(closed(cut(ring).rest));
    await form.getByLabel(zh ? "事由" : "Reason").fill("复测，演示");
    await form.getByRole("button", { name: zh ? "试算" : "Check", exact: true }).click();
  };
  await page.goto(`/plots/${id}`);
  await drawn(page);
  await draw();
  await record.click();
  await expect(form.locator(".fix small.bad")).toBeVisible(); // it rests on something
  await expect(form).not.toContainText(/[0-9a-f]{64}/);
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `boundary-accepted-${info.project.name}`);
  await form.getByLabel(zh ? "依据名称" : "Name of the evidence").fill("复测报告，演示");
  await record.click();
  await expect(form).toContainText(zh ? "须由另一人" : "another"); // two people move what has been accepted
  await accessible(page);
  await actAs(page, url, "officer2");
  await drawn(page);
  await draw();
  await expect(form.locator(".impact table")).toBeVisible();
  await expect(form.getByRole("button", { name: zh ? "保存" : "Save", exact: true })).toBeVisible();

  // What other tests count is as it was: the correction is taken back, the boundary was only tried.
  const { items } = await json<{ items: { id: number; kind: string }[] }>(
    page,
    `${url}/api/v1/facts?subject=plot:${id}&limit=50`,
  );
  const fact = items.find(({ kind }) => kind === "boundary_corrected");
  const back = await page.request.post(`${url}/api/v1/facts/${fact?.id}/void`, { data: { reason: "演示" } });
  expect(back.status(), await back.text()).toBe(201);
});

import type { Page } from "@playwright/test";
import { accessible, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

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
function cut(ring: readonly Position[]): { rest: Position[]; piece: Position[]; beyond: Position[] } {
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
  const [p, q] = [toward(before, 0.4), toward(after, 0.4)];
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

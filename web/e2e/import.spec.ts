import { accessible, diagonal, drawn, expect, fits, oneLanguage, shot, test } from "./page";

test.use({
  url: async ({}, use) => use(process.env.ZHENGBEI_DEMO_URL ?? ""),
  allowed: /Failed to load resource|^4\d\d \S+\/api\/v1\/imports/, // what this test provokes
});

test.beforeEach(({ project }) => diagonal(project));

interface Feature {
  id: string;
  geometry: unknown;
  properties: Record<string, unknown>;
}

test("a file is looked at, refused with its faults on the map, mended, written, and another discarded", async ({
  page,
  project,
  url,
}, info) => {
  test.slow();
  const zh = project.language === "zh";
  const answer = await page.request.get(`${url}/api/v1/exports/plots.geojson`);
  const { features } = (await answer.json()) as { features: Feature[] };
  const [one, two] = features.slice(project.phone ? 2 : 0) as [Feature, Feature];
  const named: Feature = { ...one, properties: { ...one.properties, name: `演示地块 ${Date.now()}` } };
  const [lon, lat] = [114.03, 22.69];
  const bow: Feature = {
    ...two,
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [lon, lat],
          [lon + 0.001, lat + 0.001],
          [lon + 0.001, lat],
          [lon, lat + 0.001],
          [lon, lat],
        ],
      ],
    },
  };
  const file = (features: Feature[]) => ({
    name: "地块调整.geojson",
    mimeType: "application/geo+json",
    buffer: Buffer.from(JSON.stringify({ type: "FeatureCollection", features })),
  });
  const panel = page.locator("zb-imports");
  const look = async (features: Feature[]) => {
    await panel.locator('input[type="file"]').setInputFiles(file(features));
    await expect(panel).toContainText("地块调整.geojson");
    await panel.getByRole("button", { name: zh ? "查看" : "Look" }).click();
    await expect(panel.locator(".counts dd")).toHaveCount(4);
  };
  await page.goto("/");
  await drawn(page);
  await page.getByRole("link", { name: zh ? "导入" : "Import" }).click();
  await expect(page).toHaveURL(/\/imports/);
  await panel.getByRole("button", { name: zh ? "查看" : "Look" }).click();
  await expect(panel.locator("small.bad")).toBeVisible(); // no file yet
  await accessible(page);
  await shot(page, `import-${info.project.name}`);

  await look([named, bow]);
  await expect(panel.locator(".probs li").first()).toBeVisible();
  await expect(panel.getByRole("button", { name: zh ? "全部写入" : "Write all" })).toBeDisabled();
  const before = page.url();
  await panel.locator(".probs button").first().click();
  await expect.poll(() => page.url()).not.toBe(before); // the map went there
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `import-faults-${info.project.name}`);
  await panel.getByRole("button", { name: zh ? "放弃" : "Discard" }).click();
  await expect(panel).toContainText(zh ? "什么也没有写入" : "nothing was written");

  await look([named, two]);
  await expect(panel.locator(".counts dd")).toHaveText(["2", "0", "1", "1"]);
  await page.reload(); // what was found is still there
  await expect(panel.locator(".counts dd")).toHaveText(["2", "0", "1", "1"]);
  await panel.getByLabel(zh ? "事由" : "Reason").fill("地块命名，演示");
  await fits(page);
  await oneLanguage(page, project.language);
  await accessible(page);
  await shot(page, `import-found-${info.project.name}`);
  await panel.getByRole("button", { name: zh ? "全部写入" : "Write all" }).click();
  await expect(panel).toContainText(zh ? "已写入：新增 0，改动 1" : "Written: 0 new, 1 changed");
  const now = (await (await page.request.get(`${url}/ogc/collections/plots/items/${one.id}`)).json()) as Feature;
  expect(now.properties.name).toBe(named.properties.name);

  const saved = page.waitForEvent("download");
  await panel.getByRole("link", { name: zh ? "地块" : "Plots" }).click();
  expect((await saved).suggestedFilename()).toMatch(/^plots.*\.geojson$/);
});

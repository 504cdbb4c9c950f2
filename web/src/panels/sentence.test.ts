import { expect, it } from "vitest";
import { setLanguage } from "../i18n";
import { edgeOf, groupsOf, sentenceOf } from "./sentence";
import type { Fault } from "./told";

const fault = (code: string, detail: string, mend = "", pointer = "/properties/source"): Fault => ({
  code,
  detail,
  mend,
  pointer,
});

it("says a fault under the name that the form has for the field", () => {
  setLanguage("zh");
  const missing = fault("property.missing", "缺少 source。", "补上 source。");
  expect(sentenceOf(missing, "来源")).toBe("请填写来源。");
  expect(sentenceOf(missing, undefined)).toBeUndefined(); // the form has no such field
  const word = fault("property.word", "accuracy 不能是“x”。", "可以是：surveyed。", "/properties/accuracy");
  expect(sentenceOf(word, "精度", ["近似", "实测"])).toBe("精度只能是：近似、实测。");
  expect(sentenceOf(fault("property.too_long", "source 超过 2000 个字。", "缩短到 2000 个字以内。"), "来源")).toBe(
    "来源不能超过 2000 个字。",
  );
  expect(sentenceOf(fault("change.no_reason", "没有说明更改的原因。", "在 reason 里说明。", "/reason"), "事由")).toBe(
    "请写明原因。",
  );
  const form = fault("row.form", "share 的写法不对：应为分数。", "请改正后重发。", "/parties/0/share");
  expect(sentenceOf(form, "份额")).toBe("份额的写法不对：应为分数。");
  expect(sentenceOf(fault("row.shares", "份额合计为 3/2，超过 1。", "", "/parties"), "权利人")).toBeUndefined();
  setLanguage("en");
  expect(sentenceOf({ ...form, detail: "share is not written as it should be: a fraction." }, "Share")).toBe(
    "Share is not written as it should be: a fraction.",
  );
});

it("says many faults of one shape once, with the first places", () => {
  setLanguage("zh");
  const at = (i: number) => `/geometry/coordinates/0/${i}`;
  const swapped = [0, 1, 2, 3, 4].map((i) => fault("geometry.swapped", `坐标 ${i} 颠倒。`, "改正。", at(i)));
  const ring = [0, 1, 2, 3, 0].map((x): [number, number] => [x, 0]);
  const drawn = { shape: { type: "Polygon" as const, coordinates: [ring] }, points: 4 };
  expect(groupsOf(swapped, drawn)).toEqual(["全部 4 点经纬度颠倒。先写经度，后写纬度。"]);
  expect(groupsOf(swapped, { ...drawn, points: 9 })).toEqual(["5 处：坐标 0 颠倒。坐标 1 颠倒。坐标 2 颠倒。……改正。"]);
  const crossing = fault("geometry.crosses_itself", `从 ${at(2)} 起的边相交。`, "", at(0));
  expect(groupsOf([crossing], drawn)).toEqual(["从第 3 点起的边相交。"]);
});

it("says which edge of a file's shape crosses another as people count", () => {
  setLanguage("en");
  const crossing = "the edge from here and the one from /features/1/geometry/coordinates/0/2.";
  expect(edgeOf({ code: "geometry.crosses_itself", reason: crossing })).toBe(
    "the edge from here and the one from point 3.",
  );
  expect(edgeOf({ code: "geometry.parts_cross", reason: crossing.replace("/0/2", "/1/0/4") })).toContain("point 5");
  expect(edgeOf({ code: "geometry.ring", reason: crossing })).toBe(crossing); // its pointer may end at a ring
  setLanguage("zh");
  expect(
    edgeOf({ code: "geometry.crosses_itself", reason: "这条边与 /features/1/geometry/coordinates/0/2 处的边相交。" }),
  ).toBe("这条边与第 3 点处的边相交。");
});

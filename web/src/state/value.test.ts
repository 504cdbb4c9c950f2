import { afterEach, describe, expect, it } from "vitest";
import { setLanguage } from "../i18n";
import { fieldsOf, inLanguage, kindsOf, valueFrom } from "./value";

const paid = {
  properties: {
    amount: { title: "金额（元） / amount in yuan", description: "大于零 / above zero", type: "number" },
    instalment: { title: "期次 / instalment", type: "integer" },
    paid_on: { title: "日期 / day", type: "string", format: "date" },
    by: { title: "方式 / by", type: "string", enum: ["bank", "cash"] },
    remark: { type: "string" },
  },
  required: ["amount"],
};

afterEach(() => setLanguage("zh"));

describe("the kinds of facts", () => {
  const schemas = {
    $defs: {
      offered: { "x-subjects": ["contract"], "x-place": 9 },
      voided: { "x-subjects": ["holding", "contract"], "x-place": 20 },
      surveyed: { "x-subjects": ["holding", "building"], "x-place": 1 },
      appraised: { "x-subjects": ["holding", "building"], "x-place": 4 },
      measured: { "x-subjects": ["holding", "building"], "x-place": 3 },
    },
  };
  it("are those that speak of the thing, in the order of facts", () => {
    expect(kindsOf(schemas, "holding", "surveyed")).toEqual(["surveyed", "measured", "appraised"]);
    expect(kindsOf(schemas, "contract", "offered")).toEqual(["offered"]);
  });
  it("are the chosen one until the order is read", () => {
    expect(kindsOf(null, "holding", "visited")).toEqual(["visited"]);
  });
});

describe("the form of a value", () => {
  it("has a field for each member, in the page's language", () => {
    expect(fieldsOf(paid).map((f) => [f.name, f.title, f.form, f.required])).toEqual([
      ["amount", "金额（元）", "number", true],
      ["instalment", "期次", "number", false],
      ["paid_on", "日期", "date", false],
      ["by", "方式", "choice", false],
      ["remark", "Remark", "text", false],
    ]);
    setLanguage("en");
    expect(fieldsOf(paid)[0]).toMatchObject({ title: "Amount in yuan", hint: "Above zero" });
    expect(fieldsOf(paid)[3]?.choices).toEqual(["bank", "cash"]);
  });
  it("is empty for a kind without members, and before the schema is there", () => {
    expect(fieldsOf({})).toEqual([]);
    expect(fieldsOf(undefined)).toEqual([]);
  });
  it("takes a text that is in one language only", () => {
    setLanguage("en");
    expect(inLanguage("期次")).toBe("期次");
    expect(inLanguage(undefined)).toBe("");
  });
});

describe("the value", () => {
  const fields = fieldsOf(paid);
  it("has numbers as numbers, text trimmed, and nothing that is empty or of another kind", () => {
    const typed = { amount: " 1200.50 ", instalment: "2", remark: " 首期 ", by: "", paid_on: "  ", next_step: "x" };
    expect(valueFrom(fields, typed)).toEqual({ amount: 1200.5, instalment: 2, remark: "首期" });
  });
  it("leaves what is no number to the server to refuse", () => {
    expect(valueFrom(fields, { amount: "1,200", instalment: "Infinity" })).toEqual({
      amount: "1,200",
      instalment: "Infinity",
    });
  });
});

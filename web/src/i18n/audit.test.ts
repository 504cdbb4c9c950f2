import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import * as audit from "./audit";
import { setLanguage } from "./index";

const document = JSON.parse(readFileSync("../internal/httpapi/openapi.json", "utf8")) as {
  paths: Record<string, Record<string, { tags?: string[] }>>;
};
const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method, { tags }]) => /^(get|post|put|patch|delete)$/.test(method) && !/z$/.test(path) && tags)
    .map(([method]) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
);

describe("what was done", () => {
  afterEach(() => setLanguage("zh"));

  it.each(routes)("%s is told in words of both languages", (via) => {
    expect(audit.viaWords(via)).toMatch(/^[\u4e00-\u9fff]+$/);
    setLanguage("en");
    expect(audit.viaWords(via)).toMatch(/^[A-Z][a-z' -]+$/);
  });

  it.each(audit.works)("%s is a part of some route", (part) =>
    expect(routes.filter((via) => via.includes(part))).not.toEqual([]),
  );

  it("is shown as it is where it is a command, or unknown", () => {
    expect(audit.viaWords("zhengbei user add")).toBe("命令：zhengbei user add");
    expect(audit.viaWords("GET /api/v9/stars")).toBe("GET /api/v9/stars");
    expect(audit.viaWords("")).toBe("");
  });
});

describe("what it was done to", () => {
  afterEach(() => setLanguage("zh"));
  it("is a code, or a kind with its name", () => {
    expect(audit.objectWords("P-01")).toBe("P-01");
    expect(audit.objectWords("account:zhang.san")).toBe("账号 zhang.san");
    expect(audit.objectWords("star:1")).toBe("star:1");
    setLanguage("en");
    expect(audit.objectWords("token:3")).toBe("Token 3");
  });
});

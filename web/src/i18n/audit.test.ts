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

describe("what became of an account", () => {
  afterEach(() => setLanguage("zh"));
  const account = { person: "", role: "", command_post: "", names: false, disabled: false };
  const planner = { ...account, role: "planner" };
  const post = { ...account, role: "command_post", command_post: "F-01" };
  it.each([
    [account, planner, "授予角色：规划人员", "Give the role: Planner"],
    [planner, post, "改角色：指挥部", "Change the role: Command post"],
    [post, { ...post, command_post: "F-02" }, "改指挥部：F-02", "Change the command post: F-02"],
    [planner, { ...planner, names: true }, "授权看人名", "Grant the names of persons"],
    [{ ...planner, names: true }, planner, "收回看人名", "Take back the names of persons"],
    [{ ...planner, names: true }, post, "改角色：指挥部", "Change the role: Command post"],
    [planner, { ...planner, disabled: true }, "停用账号", "Disable an account"],
    [{ ...planner, disabled: true }, planner, "启用账号", "Enable an account"],
    [account, { ...account, person: "张三" }, "改姓名", "Rename a person"],
    [account, { ...planner, person: "张三" }, "授予角色：规划人员、改姓名", "Give the role: Planner, Rename a person"],
    [null, planner, "", ""],
  ])("%j became %j", (before, after, zh, en) => {
    expect(audit.accountWords(before, after)).toBe(zh);
    setLanguage("en");
    expect(audit.accountWords(before, after)).toBe(en);
  });
});

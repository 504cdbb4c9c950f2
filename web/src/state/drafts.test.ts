import { describe, expect, it } from "vitest";
import { Drafts } from "./drafts";

describe("Drafts", () => {
  it("forgets what somebody else typed, in memory as on the disk", () => {
    const drafts = new Drafts();
    drafts.belongTo("officer");
    drafts.keep("holding", { name: "张" }, null);
    drafts.keep("fact", { note: "x" });
    drafts.belongTo("officer");
    expect(drafts.has("holding")).toBe(true);
    drafts.belongTo("post1");
    expect([drafts.has("holding"), drafts.has("fact")]).toEqual([false, false]);
  });
});

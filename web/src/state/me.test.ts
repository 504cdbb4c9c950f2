import { afterEach, describe, expect, it } from "vitest";
import type { May, Me, Role } from "../api/types";
import type { Route } from "./address";
import { app } from "./app";
import { may, placeOf, sees } from "./me";

const somebody = (role: Role, able: May[] = [], parcels: string[] = []): Me => ({
  account: role,
  person: "",
  role,
  role_name: { zh: "", en: "" },
  command_post: null,
  parcels,
  names: false,
  signed_by: "session:1",
  may: able,
  demo: false,
});

afterEach(() => app.set({ me: null }));

describe("what somebody finds", () => {
  it("is nothing for nobody", () => expect([may("register.read"), sees("P-01")]).toEqual([false, false]));

  it("is the register of its own parcels for a command post", () => {
    app.set({ me: somebody("command_post", ["register.read"], ["P-01"]) });
    expect([sees("P-01"), sees("P-02"), sees(undefined)]).toEqual([true, false, false]);
  });

  const overview: Route = { name: "overview" };
  const signing: Route = { name: "signing", parcel: null };
  it.each<[Role, May[], Route, Route]>([
    ["officer", ["import", "register.read"], { name: "imports" }, { name: "imports" }],
    ["planner", ["register.read"], signing, signing],
    ["planner", ["register.read"], { name: "imports" }, overview],
    ["viewer", [], signing, overview],
    ["officer", ["register.read"], { name: "audit", query: "" }, overview],
    ["sysadmin", ["accounts.manage"], overview, { name: "accounts", query: "" }],
    ["secadmin", ["roles.assign"], { name: "audit", query: "" }, { name: "accounts", query: "" }],
    ["auditor", ["audit.read"], { name: "audit", query: "account=x" }, { name: "audit", query: "account=x" }],
  ])("%s that may %j and asks for %j finds %j", (role, able, route, place) =>
    expect(placeOf(somebody(role, able), route)).toEqual(place),
  );
});

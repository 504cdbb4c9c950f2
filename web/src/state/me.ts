import type { May, Me } from "../api/types";
import type { Route } from "./address";
import { app } from "./app";

/** may says whether whoever is signed in may do something; nobody may do anything. */
export const may = (what: May): boolean => app.state.me?.may.includes(what) ?? false;

/** The three administrations see no land, so nothing of it is asked for. */
export const administers = ({ role }: Me): boolean => role === "sysadmin" || role === "secadmin" || role === "auditor";

/** sees says whether the register of a parcel is open to whoever is signed in: a command post has its own parcels only. */
export function sees(parcel: string | null | undefined): boolean {
  const { me } = app.state;
  if (!me || !may("register.read")) return false;
  return me.role !== "command_post" || (typeof parcel === "string" && me.parcels.includes(parcel));
}

/** placeOf is where somebody who asks for a part of the page finds their work: that part, or the first that is theirs. */
export function placeOf(me: Me, route: Route): Route {
  if (administers(me)) {
    const name = me.role === "auditor" ? "audit" : "accounts";
    return route.name === name ? route : { name, query: "" };
  }
  const needs: Partial<Record<Route["name"], May>> = { signing: "register.read", imports: "import" };
  const need = needs[route.name];
  return "query" in route || (need && !me.may.includes(need)) ? { name: "overview" } : route;
}

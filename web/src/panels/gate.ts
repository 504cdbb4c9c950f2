import { fetchDoor, fetchMe } from "../api/account";
import { Problem } from "../api/client";
import type { Me } from "../api/types";
import { mine } from "../i18n/me";
import "../ui/account";
import { atDoor } from "./sign-in";

const patience = 3_000; // between two tries to reach a server that is away

/** atGate answers who came in: by the door, or, where the server is away, once it can be asked who is there. */
export async function atGate(away: boolean): Promise<Me> {
  if (away) {
    const me = await untilThere();
    if (me) return me;
  }
  const door = await fetchDoor().catch(() => null);
  if (door?.anonymous && location.pathname === "/" && !location.hash.startsWith("#sign-in"))
    await (await import("./public")).readPublic(); // until somebody wishes to sign in
  return atDoor();
}

async function untilThere(): Promise<Me | null> {
  const said = document.createElement("p");
  said.className = "door mut";
  said.setAttribute("role", "status");
  document.body.append(said);
  try {
    for (;;) {
      said.textContent = mine("unreachable");
      await new Promise((later) => setTimeout(later, patience));
      try {
        return await fetchMe();
      } catch (cause) {
        if (cause instanceof Problem) return null;
      }
    }
  } finally {
    said.remove();
  }
}

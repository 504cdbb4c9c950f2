import "leaflet/dist/leaflet.css";
import "./ui/page.css";
import { fetchMe } from "./api/account";
import { onEnded, Problem } from "./api/client";
import type { Me } from "./api/types";
import { prepare } from "./geo/measure";
import { pick, t } from "./i18n";
import { createMap } from "./map/map";
import { useLanguage } from "./panels/language";
import { app } from "./state/app";
import { drafts } from "./state/drafts";
import { follow } from "./state/live";
import { loadAll, loadDetail } from "./state/load";
import { placeOf } from "./state/me";
import { followHistory, keepAddress, readAddress } from "./state/navigate";
import { rememberedLanguage } from "./state/prefs";
import { find, selected } from "./state/select";
import { unsent } from "./state/unsent";
import "./panels/top";
import "./panels/date";
import "./panels/search";
import "./panels/tools";
import "./panels/legend";
import "./panels/ribbon";
import "./panels/word";
import "./panels/notice";
import "./panels/status";
import "./panels/overview";
import "./panels/panel";

useLanguage(rememberedLanguage());

const narrow = window.matchMedia("(max-width: 760px)");
const size = () => app.set({ phone: narrow.matches });
narrow.addEventListener("change", size);
size();

void whoComes().then(enter);

/** whoComes tells who is at the page, once somebody is: nothing of the land is asked for before. */
async function whoComes(): Promise<Me> {
  if (location.pathname === "/welcome") {
    const secret = location.hash.slice(1);
    history.replaceState(null, "", "/welcome"); // the secret stays in no history, and is looked over nobody's shoulder
    const me = await (await import("./panels/welcome")).welcome(secret);
    history.replaceState(null, "", "/");
    return me;
  }
  try {
    return await fetchMe();
  } catch (cause) {
    const away = !(cause instanceof Problem);
    if (!away && cause.body.status !== 401) throw cause;
    return (await import("./panels/gate")).atGate(away);
  }
}

/** enter opens the page to whoever is signed in. */
function enter(me: Me): void {
  app.set({ me });
  drafts.belongTo(me.account);
  unsent.belongTo(me.account);
  onEnded(async () => (await import("./panels/again")).signedInAgain());
  const params = new URL(location.href).searchParams;
  const given = readAddress();
  const place = placeOf(me, given.route);
  const unread = [
    { key: "date.badLink", value: (given.at === null && params.get("at")) || null },
    { key: "date.badKnown", value: (given.known === null && params.get("known")) || null },
    { key: "selection.badLink", value: given.area === null ? (params.get("polygon") ?? params.get("circle")) : null },
    { key: "me.notYours", value: place === given.route || given.route.name === "overview" ? null : location.pathname },
  ] as const;
  const what = unread.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));
  if (place !== given.route || what.length > 0) {
    app.set({ route: place, ...(what.length > 0 && { note: { kind: "unread", what } }) });
    keepAddress(); // the address must not go on naming what is not shown
  }
  const office = "query" in place;
  const page = document.getElementById(office ? "office" : "work") as HTMLTemplateElement;
  document.body.classList.toggle("office", office);
  document.body.append(page.content.cloneNode(true));
  window.addEventListener("popstate", () => void followHistory());
  if (!office) work();
}

/** work shows the land and follows it. */
function work(): void {
  const title = () => {
    const feature = find(app.state, selected(app.state)) ?? app.state.detail?.feature;
    const name = feature && (pick(feature.properties.name, feature.properties.name_en) || feature.id);
    document.title = [name, t("app.name")].filter(Boolean).join(" · ");
  };
  app.watch((s) => [s.language, s.route, s.items, s.detail?.feature], title);
  title();
  app.watch(
    (s) => [s.language],
    () => app.state.detail?.problem && void loadDetail(), // what the server refused is told in the language shown
  );
  const element = document.getElementById("map");
  if (element) createMap(element);
  void loadAll().then(follow);
  requestIdleCallback?.(
    () => {
      void Promise.all([prepare(), import("./panels/measure")]).catch(() => {}); // measuring works from then on, with or without the server
      void import("./panels/feature").catch(() => {}); // the first feature that is opened shows at once
    },
    { timeout: 2_000 },
  ); // a machine that is busy finds no idle moment, and the server may go away meanwhile
  void import("./panels/unsent"); // what was not answered is sent again
}

import "leaflet/dist/leaflet.css";
import "./ui/page.css";
import { prepare } from "./geo/measure";
import { pick, t } from "./i18n";
import { createMap } from "./map/map";
import { useLanguage } from "./panels/top";
import { app } from "./state/app";
import { follow } from "./state/live";
import { loadAll, loadDetail } from "./state/load";
import { followHistory, keepAddress, readAddress } from "./state/navigate";
import { rememberedLanguage } from "./state/prefs";
import { find, selected } from "./state/select";
import "./panels/date";
import "./panels/search";
import "./panels/tools";
import "./panels/measure";
import "./panels/legend";
import "./panels/ribbon";
import "./panels/word";
import "./panels/notice";
import "./panels/status";
import "./panels/overview";
import "./panels/feature";
import "./panels/panel";

useLanguage(rememberedLanguage());
const params = new URL(location.href).searchParams;
const given = readAddress();
const unread = [
  { key: "date.badLink", value: (given.at === null && params.get("at")) || null },
  { key: "date.badKnown", value: (given.known === null && params.get("known")) || null },
  { key: "selection.badLink", value: given.area === null ? (params.get("polygon") ?? params.get("circle")) : null },
] as const;
const what = unread.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));
if (what.length > 0) {
  keepAddress(); // the address must not go on naming what is not shown
  app.set({ note: { kind: "unread", what } });
}

const narrow = window.matchMedia("(max-width: 760px)");
const size = () => app.set({ phone: narrow.matches });
narrow.addEventListener("change", size);
size();

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
window.addEventListener("popstate", () => void followHistory());
void loadAll().then(follow);
requestIdleCallback?.(() => void prepare().catch(() => {})); // measuring works from then on, with or without the server
void import("./panels/unsent"); // what was not answered is sent again

import "leaflet/dist/leaflet.css";
import "./ui/page.css";
import { prepare } from "./geo/measure";
import { pick, sentenceGap, t } from "./i18n";
import { createMap } from "./map/map";
import { useLanguage } from "./panels/top";
import { app } from "./state/app";
import { follow } from "./state/live";
import { loadAll } from "./state/load";
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
import "./panels/status";
import "./panels/overview";
import "./panels/feature";
import "./panels/panel";

useLanguage(rememberedLanguage());
const params = new URL(location.href).searchParams;
const given = readAddress();
const unread = [
  params.get("at") && given.at === null && t("date.badLink", { value: params.get("at") ?? "" }),
  params.get("known") && given.known === null && t("date.badKnown", { value: params.get("known") ?? "" }),
  (params.has("polygon") || params.has("circle")) && given.area === null && t("selection.badLink"),
].filter((text) => typeof text === "string");
if (unread.length > 0) {
  keepAddress(); // the address must not go on naming what is not shown
  app.set({ note: { kind: "refused", detail: unread.join(sentenceGap()) } });
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

const element = document.getElementById("map");
if (element) createMap(element);
window.addEventListener("popstate", () => void followHistory());
void loadAll().then(follow);
requestIdleCallback?.(() => void prepare().catch(() => {})); // measuring works from then on, with or without the server

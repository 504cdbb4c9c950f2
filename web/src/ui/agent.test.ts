import { expect, it } from "vitest";
import { agentWords } from "./agent";

const mozilla = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";

it.each([
  [`${mozilla} Chrome/131.0.0.0 Safari/537.36`, "Chrome 131 · Windows"],
  [`${mozilla} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51`, "Edge 131 · Windows"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 · Linux"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Safari 17 · iOS",
  ],
  ["QGIS/33400/Debian GNU/Linux 12", "QGIS/33400 · Linux"],
  ["curl/7.88.1", "curl/7.88.1"],
  ["Mozilla/5.0", "Mozilla/5.0"],
  ["", ""],
])("%s is %s", (agent, words) => expect(agentWords(agent)).toBe(words));

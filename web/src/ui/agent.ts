const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/\b(?:MicroMessenger|wxwork)\/(\d+)/, "WeChat"],
  [/\bFirefox\/(\d+)/, "Firefox"],
  [/\b(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+).*Safari/, "Safari"],
  [/^(?!Mozilla)([\w.-]+\/[\w.-]+)/, ""],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/HarmonyOS|OpenHarmony/, "HarmonyOS"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** agentWords says briefly what a browser or program calls itself at length. */
export function agentWords(agent: string): string {
  const found = browsers.flatMap(([form, name]) => {
    const [, version] = form.exec(agent) ?? [];
    return version ? [`${name} ${version}`.trim()] : [];
  })[0];
  const system = systems.find(([form]) => form.test(agent))?.[1];
  return [found, system].filter(Boolean).join(" · ") || agent;
}

import type { Shape } from "../geo/geojson";
import { listJoin, sentenceGap } from "../i18n";
import { word } from "../i18n/write";
import type { Fault } from "./told";

const fewPlaces = 3;

/** sentenceOf says a fault of a field as the form calls the field; undefined leaves it to the server's own sentence. */
export function sentenceOf(
  { code, detail, mend, pointer = "" }: Fault,
  label: string | undefined,
  options: readonly string[] = [],
): string | undefined {
  if (/\.(no_)?reason$/.test(code)) return word("needReason");
  if (!label) return undefined;
  if (/\.(missing|required|no_day|value_missing|evidence)$/.test(code)) return word("need", { label });
  if (code.endsWith(".word") && options.length > 0) return word("oneOf", { label, list: listJoin([...options]) });
  const most = code.endsWith(".too_long") && /\d+/.exec(mend ?? detail);
  if (most) return word("tooLong", { label, n: most[0] });
  if (code === "property.area") return word("areaForm", { label });
  if (!/^(property|row)\./.test(code)) return undefined;
  const name = pointer.slice(pointer.lastIndexOf("/") + 1);
  if (!detail.includes(name)) return undefined;
  return code === "row.form" || mend?.includes(name)
    ? named(detail, name, label)
    : named(detail, name, label) + sentenceGap() + (mend ?? "");
}

/** named puts what a field is called where a sentence has the name under which it is sent. */
function named(sentence: string, name: string, label: string): string {
  return sentence.replace(name, label).replace(/^(\p{sc=Han}\S*|\S*\p{sc=Han}) /u, "$1");
}

/** groupsOf says many faults of one shape briefly: each kind once, with how many there are and the first places. */
export function groupsOf(faults: readonly Fault[], drawn: { shape: Shape; points: number } | null): string[] {
  const multi = drawn?.shape.type === "MultiPolygon";
  const kinds = new Map<string, Fault[]>();
  for (const f of faults) kinds.set(f.code, [...(kinds.get(f.code) ?? []), f]);
  return [...kinds].map(([code, alike]) => {
    const n = alike.length;
    if (drawn && code === "geometry.swapped" && n > 1 && n >= drawn.points)
      return word("allSwapped", { n: drawn.points });
    const said = placed(listed(alike), multi);
    return n === 1 ? said : word("places", { n, said });
  });
}

/** placed says where in a shape something is as people count, instead of by pointers. */
export const placed = (text: string, multi: boolean): string =>
  text
    .replace(/(?:\/features\/\d+)?\/geometry\/coordinates((?:\/\d+)+)/g, (_, path: string) => {
      const steps = path.slice(1).split("/");
      const kinds = ["nth.part", "nth.ring", "nth.point"] as const;
      const kind = kinds[Math.min(2, steps.length - (multi ? 1 : 0))] ?? "nth.point";
      return word(kind, { n: Number(steps.at(-1)) + 1 });
    })
    .replace(/ ?(第 \d+ (?:部分|环|点)) ?/g, "$1"); // Chinese has no gaps there

function listed(alike: readonly Fault[]): string {
  const details = alike.slice(0, fewPlaces).map((f) => f.detail);
  const more = alike.length > fewPlaces ? ["……"] : [];
  return [...details, ...more, alike[0]?.mend ?? ""].filter(Boolean).join(sentenceGap());
}

/** edgeOf says a fault of two edges in a file; their pointers go down to the point, so that the number of their steps tells parts from rings. */
export const edgeOf = ({ code, reason }: { code: string; reason: string }): string =>
  /^geometry\.(spike|.*(cross|touch|runs_on|share_line))/.test(code)
    ? placed(reason, /\/coordinates(?:\/\d+){3}/.test(reason))
    : reason;

import { alike, type Field, type Typed } from "./fields";

/** Whose value of a field holds: what was read first, what is typed, or what somebody has saved meanwhile. */
export type Side = "read" | "mine" | "theirs";

/** A field that differs from what was read first, on either side. */
export interface Clash {
  field: Field;
  /** Who changed it: one, the other, or both, each in another way. */
  by: "mine" | "theirs" | "both";
}

/** clashesOf lists what differs when somebody saved while a form was open; what both made the same is none. */
export function clashesOf(fields: readonly Field[], read: Typed, mine: Typed, theirs: Typed): Clash[] {
  return fields.flatMap((field): Clash[] => {
    const [i, they] = [!alike(field, read, mine), !alike(field, read, theirs)];
    if (i && they) return alike(field, mine, theirs) ? [] : [{ field, by: "both" }];
    if (i || they) return [{ field, by: i ? "mine" : "theirs" }];
    return [];
  });
}

/** sideOf is what holds of a field unless somebody chooses otherwise; where both changed it, a person must choose. */
export const sideOf = ({ by }: Clash): Side | null => (by === "both" ? null : by);

/** mergedOf is the form to go on with: the present row, with what was chosen of each field that differs. */
export function mergedOf(
  clashes: readonly Clash[],
  sides: Readonly<Record<string, Side>>,
  read: Typed,
  mine: Typed,
  theirs: Typed,
): Typed {
  const merged = { ...theirs };
  for (const clash of clashes) {
    const { name } = clash.field;
    const side = sides[name] ?? sideOf(clash) ?? "theirs";
    const value = { read, mine, theirs }[side][name];
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

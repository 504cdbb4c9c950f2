import { pick } from "../i18n";

/** A member of a fact's value, as JSON Schema describes it. */
interface Member {
  title?: string;
  description?: string;
  type?: string;
  format?: string;
  enum?: readonly string[];
  maxLength?: number;
}

/** What /docs/facts/schema.json says of a kind of fact. */
export interface KindSchema {
  title?: string;
  description?: string;
  properties?: Record<string, Member>;
  required?: readonly string[];
  "x-subjects"?: readonly string[];
  "x-place"?: number;
}

export interface ValueSchemas {
  $defs: Record<string, KindSchema>;
}

/** kindsOf are the kinds of facts that speak of such a thing, in the order of facts, voids apart, which have a form of their own; until that is known, the one that is chosen. */
export function kindsOf(schemas: ValueSchemas | null | undefined, subject: string, chosen: string): readonly string[] {
  if (!schemas) return [chosen];
  return Object.entries(schemas.$defs)
    .filter(([kind, s]) => kind !== "voided" && s["x-subjects"]?.includes(subject))
    .sort(([, a], [, b]) => (a["x-place"] ?? 0) - (b["x-place"] ?? 0))
    .map(([kind]) => kind);
}

/** A Field of the form of a value. */
export interface Field {
  name: string;
  title: string;
  hint: string;
  form: "text" | "number" | "date" | "choice";
  choices: readonly string[];
  required: boolean;
}

/** inLanguage takes the page's language of a text that has both, as "下一步 / next step". */
export function inLanguage(text = ""): string {
  const [chinese, ...english] = text.split(" / ");
  return pick(chinese, english.join(" / "));
}

/** fieldsOf lists the fields of a kind of fact. */
export function fieldsOf(schema: KindSchema | undefined): Field[] {
  return Object.entries(schema?.properties ?? {}).map(([name, m]) => ({
    name,
    title: capital(inLanguage(m.title) || name),
    hint: capital(inLanguage(m.description)),
    form: formOf(m),
    choices: m.enum ?? [],
    required: schema?.required?.includes(name) ?? false,
  }));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function formOf({ type, format, enum: choices }: Member): Field["form"] {
  if (choices) return "choice";
  if (type === "number" || type === "integer") return "number";
  return format === "date" ? "date" : "text";
}

/** valueFrom makes the value from what was typed; what is empty is left out, and what is no number is left to the server to refuse in its words. */
export function valueFrom(fields: readonly Field[], typed: Readonly<Record<string, string>>): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const { name, form } of fields) {
    const text = typed[name]?.trim() ?? "";
    if (text === "") continue;
    value[name] = form === "number" && Number.isFinite(Number(text)) ? Number(text) : text;
  }
  return value;
}

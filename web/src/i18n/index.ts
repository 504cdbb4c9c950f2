import { en } from "./en";
import { zh } from "./zh";

export type MessageKey = keyof typeof zh;
export type Messages = Record<MessageKey, string>;
export type Language = "zh" | "en";

const dictionaries: Record<Language, Messages> = { zh, en };
let current: Language = "zh";

export const tagOf = (language: Language): string => (language === "zh" ? "zh-CN" : "en");

export function setLanguage(language: Language): void {
  current = language;
}

/** t is the text of a key in the page's language: {name} is filled in, {name|one|other} chosen by whether it is one. */
export function t(key: MessageKey, params: Record<string, string | number> = {}): string {
  return fill(dictionaries[current][key], params);
}

export const fill = (text: string, params: Record<string, string | number>): string =>
  text
    .replace(/\{(\w+)\|([^|}]*)\|([^}]*)\}/g, (_, name: string, one: string, other: string) =>
      String(params[name]) === "1" ? one : other,
    )
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));

export const hasMessage = (key: string): key is MessageKey => key in zh;

/** pick chooses between a Chinese text and its English one, and takes the other where one is missing. */
export function pick(chinese: string | null | undefined, english: string | null | undefined): string {
  return (current === "zh" ? chinese || english : english || chinese) ?? "";
}

export const listJoin = (items: string[]): string => items.join(current === "zh" ? "、" : ", ");

/** sentenceGap stands between two sentences; Chinese has none. */
export const sentenceGap = (): string => (current === "zh" ? "" : " ");

import { html, nothing, svg } from "lit";
import { type MeKey, mine } from "../i18n/me";

export const shortest = 12;
export const longest = 128;

interface Rule {
  key: MeKey;
  n: number;
  /** null where only the server can tell. */
  met: boolean | null;
}

/** rulesOf says what a password must be and how far it is, as the server counts: by characters, and without regard to letters' case. */
export function rulesOf(password: string, repeated: string, account: string): Rule[] {
  const n = [...password].length;
  const name = account.toLowerCase();
  return [
    { key: "ruleLength", n, met: n >= shortest && n <= longest },
    { key: "ruleName", n, met: n > 0 && !password.toLowerCase().includes(name) },
    { key: "ruleCommon", n, met: null },
    { key: "ruleSame", n, met: n > 0 && password === repeated },
  ];
}

export const lawful = (password: string, repeated: string, account: string): boolean =>
  rulesOf(password, repeated, account).every(({ met }) => met !== false);

/** rulesList shows the rules beforehand and, while something is typed, which are met; what is lacking is counted aloud, since the list moves with each key. */
export function rulesList(password: string, repeated: string, account: string) {
  const rules = rulesOf(password, repeated, account);
  const lacking = rules.filter(({ met }) => met === false).length;
  return html`<ul class="rules" aria-label=${mine("rules")}>${rules.map(({ key, n, met }) => {
    const typed = password !== "" && met !== null;
    return html`<li class=${typed ? (met ? "met" : "unmet") : ""}><i aria-hidden="true">${typed ? (met ? "✓" : "✗") : "·"}</i>${mine(key, { n })}${typed ? html`<b>${mine(met ? "met" : "unmet")}</b>` : nothing}</li>`;
  })}</ul><p class="unseen" role="status">${password === "" ? "" : lacking === 0 ? mine("allMet") : mine("lacking", { n: lacking })}</p>`;
}

interface SecretField {
  id: string;
  label: string;
  value: string;
  /** What the browser's own keeper of passwords is told. */
  kind: "current-password" | "new-password";
  shown: boolean;
  bad?: string | undefined;
  describedBy?: string;
  optional?: boolean;
  input: (value: string) => void;
  flip?: () => void;
}

/** secretField is a field for a password, which can be looked at while it is typed. */
export function secretField({ id, label, value, kind, shown, bad, describedBy, optional, input, flip }: SecretField) {
  const said = [`${id}-s`, describedBy].filter(Boolean).join(" ");
  const flipName = mine(shown ? "hide" : "show");
  return html`<div class="fld"><label for=${id}>${label}</label><div class="secret"><input class="inp" id=${id} name=${id} type=${shown ? "text" : "password"} autocomplete=${kind} autocapitalize="off" spellcheck="false" maxlength="1000" ?required=${!optional} .value=${value} aria-invalid=${bad !== undefined} aria-describedby=${said} @input=${(
    e: Event,
  ) => input((e.target as HTMLInputElement).value)} />${
    flip
      ? html`<button type="button" class="ib" aria-label=${flipName} title=${flipName} aria-pressed=${shown} @click=${flip}><svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d=${eye}></path>${shown ? nothing : svg`<path d="M3 13 13 3"></path>`}</svg></button>`
      : nothing
  }</div><small id=${`${id}-s`} class=${bad ? "bad data" : ""}>${bad ?? ""}</small></div>`;
}

const eye =
  "M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4";

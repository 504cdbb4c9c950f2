import { html, nothing, type TemplateResult } from "lit";
import {
  fetchPosts,
  fetchUserSessions,
  fetchUserTokens,
  type Once,
  type Post,
  type User,
  type UserSession,
  type UserToken,
  userPath,
} from "../api/people";
import type { Role } from "../api/types";
import { listJoin, pick, t } from "../i18n";
import { type PeopleKey, people } from "../i18n/accounts";
import { roleMay, roleName, roles } from "../i18n/roles";
import type { State } from "../state/app";
import { may } from "../state/me";
import { once } from "../state/unsent";
import { agentWords } from "../ui/agent";
import { minuteOf } from "../ui/format";
import { FormElement, onEscape } from "./form";
import "./once-link";
import { moved } from "./send";
import { Source } from "./source";

/** What can be done to an account; one at a time, each asks first. */
type Act = "rename" | "disable" | "enable" | "reset" | "role" | "sessions" | "tokens";

/** The role that is chosen, with what belongs to it. */
interface Choice {
  role: Role | null;
  post: string;
  names: boolean;
  /** Whether it has been asked what the change ends. */
  asked: boolean;
}

/** One account: what it is, and what the administration that looks at it may do. */
class AccountElement extends FormElement {
  static override properties = { user: { attribute: false } };
  declare user: User;
  #of = "";
  #act: Act | null = null;
  #person = "";
  #choice: Choice = { role: null, post: "", names: false, asked: false };
  #link: Once | null = null;
  #reads = 0;
  #asked = "";
  readonly #sessions = new Source<readonly UserSession[]>(this);
  readonly #tokens = new Source<readonly UserToken[]>(this);
  readonly #posts = new Source<readonly Post[]>(this);

  protected pick(s: Readonly<State>) {
    return [s.me, s.revision];
  }

  protected override willUpdate(): void {
    const { name: account } = this.user;
    if (account !== this.#of) {
      this.#of = account;
      this.#act = null;
      this.#link = null;
      this.told = [];
    }
    const moment = `${this.#reads}|${this.state.revision}`;
    if (`${account}|${moment}` === this.#asked) return; // what failed is asked again when something moves, not at each turn
    this.#asked = `${account}|${moment}`;
    if (may("accounts.manage")) {
      this.#sessions.ask(account, moment, () => fetchUserSessions(account));
      this.#tokens.ask(account, moment, () => fetchUserTokens(account));
    }
    if (may("roles.assign")) this.#posts.ask("", String(this.#reads), fetchPosts);
  }

  get #self(): boolean {
    return this.user.name === this.state.me?.account;
  }

  protected override render() {
    const u = this.user;
    const keeps = may("accounts.manage");
    return html`<div class="acc"><div class="acc-main">
        <dl class="kv"><dt>${people("person")}</dt><dd class="data">${u.person || t("none")}</dd><dt>${people("role")}</dt><dd>${this.#roleOf(u)}</dd>${
          u.command_post
            ? html`<dt>${people("post")}</dt><dd class="data">${this.#postOf(u.command_post)}</dd>`
            : nothing
        }<dt>${people("created")}</dt><dd class="data">${people("createdBy", { at: minuteOf(u.created_at), by: u.created_by })}</dd></dl>
        ${this.#link ? html`<zb-once-link .once=${this.#link} .account=${u.name} .roleless=${u.role === null} @done=${this.#handedOver}></zb-once-link>` : this.#work(u, keeps)}
      </div>${keeps ? html`<div class="acc-side">${this.#sessionList(u)}${this.#tokenList(u)}</div>` : nothing}</div>`;
  }

  #roleOf(u: User) {
    if (!u.role) return html`<span class="mut">${people("noRole")}</span>`;
    return html`${roleName(u.role)}${u.names ? html` <span class="tag">${people("namesGranted")}</span>` : nothing}`;
  }

  #postOf(code: string): string {
    const post = this.#posts.value?.find((p) => p.code === code);
    return post ? `${pick(post.name, post.name_en)} ${code}` : code;
  }

  /** What may be done here, or why nothing can. */
  #work(u: User, keeps: boolean): TemplateResult {
    if (this.#act !== null && this.#act !== "sessions" && this.#act !== "tokens") return this.#form(u, this.#act);
    if (this.#self) return html`<p class="mut">${people("self")}</p>${this.says(this.told)}`;
    const button = (act: Act, key: PeopleKey) =>
      html`<button type="button" class="btn" data-act=${act} @click=${() => this.#begin(act)}>${people(key)}</button>`;
    const off = u.state === "disabled";
    const others = outOfReach(u);
    const link = off
      ? nothing
      : u.elsewhere
        ? html`<p class="mut">${people("elsewhere")}</p>`
        : others
          ? nothing
          : button("reset", "reset");
    const why = others
      ? html`<p class="mut">${people("others")} <code class="mono">zhengbei user ${off ? "enable" : "reset"} ${u.name}</code></p>`
      : nothing;
    return html`<div class="acc-acts">${
      keeps
        ? html`${button("rename", "rename")}${others ? nothing : off ? button("enable", "enable") : button("disable", "disable")}${link}${why}`
        : off
          ? html`<p class="mut">${people("disabledRole")}</p>`
          : button("role", u.role ? "change" : "give")
    }</div>${this.says(this.told)}`;
  }

  #form(u: User, act: Exclude<Act, "sessions" | "tokens">) {
    this.shown.clear();
    const name = u.name;
    const body = {
      rename: () => this.#renaming(),
      disable: () => this.#asking("disableAsk"),
      enable: () => this.#asking("enableAsk"),
      reset: () => this.#asking("resetAsk"),
      role: () => this.#assigning(u),
    }[act];
    const title = {
      rename: "rename",
      disable: "disableTitle",
      enable: "enableTitle",
      reset: "resetTitle",
      role: "changeTitle",
    } as const;
    const save = {
      rename: "save",
      disable: "disableTitle",
      enable: "enableTitle",
      reset: "resetDo",
      role: "save",
    } as const;
    return html`<form class=${act === "role" || act === "rename" ? "rec" : "rec data"} novalidate aria-labelledby="${this.formId}-h" @submit=${this.#submit} @keydown=${onEscape(this.#leave)}>
      <h3 class="data" id="${this.formId}-h">${people(title[act], { name })}</h3>${body()}
      ${this.foot({ cancel: act === "role" && this.#choice.asked ? this.#back : this.#leave, save: people(save[act], { name }) })}</form>`;
  }

  #asking(key: PeopleKey) {
    return html`<p class="ask-first">${people(key)}</p>`;
  }

  #renaming() {
    return this.row({
      pointer: "/person",
      label: people("person"),
      type: "text",
      value: this.#person,
      required: true,
      hint: people("personHint"),
      set: (v) => {
        this.#person = v;
      },
    });
  }

  #assigning(u: User) {
    const c = this.#choice;
    if (c.asked)
      return html`<p class="ask-first data">${people(u.role ? "changeAsk" : "giveAsk", { name: u.name, before: this.#words(u.role, u.command_post, u.names), after: this.#words(c.role, c.post, c.names) })}</p>${u.elsewhere || wayIn(c.role, u) === "" ? nothing : html`<p class="ask-first data">${wayIn(c.role, u)}</p>`}`;
    const bad = this.fault("/role");
    this.shown.add("/role");
    return html`<fieldset class="roles" aria-describedby="${this.formId}-role"><legend>${people("rolesOf")}</legend>${roles.map(
      (role) =>
        html`<label class=${c.role === role ? "on" : ""}><input type="radio" name="${this.formId}-role" class="inp-radio" value=${role} .checked=${c.role === role} @change=${() => this.#choose({ role })} /><span><b>${roleName(role)}</b><small>${roleMay(role)}</small></span></label>`,
    )}</fieldset><small id="${this.formId}-role" class=${bad ? "bad data" : ""}>${bad ?? ""}</small>
      ${c.role === "command_post" ? this.#postChoice() : nothing}
      ${
        c.role === "planner"
          ? html`<label class="accept"><input type="checkbox" .checked=${c.names} @change=${(e: Event) => this.#choose({ names: (e.target as HTMLInputElement).checked })} /><span>${people("grant")}<small>${people("grantHint")}</small></span></label>`
          : nothing
      }
      <p><a href="/docs/access" target="_blank" rel="noopener">${people("access")}</a></p>`;
  }

  #postChoice() {
    const posts = this.#posts.value;
    if (!posts) return html`<p class="mut">${this.#posts.problem ? people("failedHere") : people("loading")}</p>`;
    if (posts.length === 0) return html`<p class="ask">${people("postNone")}</p>`;
    const first: [string, string][] = this.#choice.post === "" ? [["", ""]] : [];
    return this.choice(
      { pointer: "/command_post", label: people("postOf"), hint: people("postHint") },
      this.#choice.post,
      [...first, ...posts.map((p) => [p.code, `${pick(p.name, p.name_en)} ${p.code}`] as const)],
      (v) => this.#choose({ post: v }),
    );
  }

  #choose(patch: Partial<Choice>): void {
    this.#choice = { ...this.#choice, ...patch };
    this.touched("/role");
    this.touched("/command_post");
  }

  /** words are a role with what belongs to it. */
  #words(role: Role | null, post: string | null, names: boolean): string {
    if (!role) return people("noRole");
    const more =
      role === "command_post" && post ? this.#postOf(post) : role === "planner" && names ? people("grant") : "";
    return more ? listJoin([roleName(role), more]) : roleName(role);
  }

  #begin(act: Act): void {
    const u = this.user;
    this.#act = act;
    this.#person = u.person;
    this.#choice = { role: u.role, post: u.command_post ?? "", names: u.names, asked: false };
    this.problems = new Map();
    this.told = [];
    this.#focus(act === "rename" ? "form .inp" : act === "role" ? "form input:checked, form input" : "form .btn.pri");
  }

  /** The form is brought into sight with what has the focus. */
  #focus(what: string): void {
    this.focusOn(what);
    void this.updateComplete.then(() => this.querySelector("form")?.scrollIntoView({ block: "nearest" }));
  }

  readonly #leave = () => {
    const act = this.#act;
    this.#act = null;
    this.problems = new Map();
    this.focusOn(`[data-act="${act}"]`);
  };

  readonly #back = () => {
    this.#choice = { ...this.#choice, asked: false };
    this.#focus("form input:checked");
  };

  readonly #handedOver = () => {
    this.#link = null;
    this.focusOn('[data-act="reset"]');
  };

  readonly #submit = (e: Event) => {
    e.preventDefault();
    if (this.busy) return;
    const { name, role: before } = this.user;
    const path = userPath(name);
    if (this.#act === "rename") {
      const person = this.#person.trim();
      if (person === "") return this.#wrong("/person", people("need", { label: people("person") }));
      void this.#change(path, { person }, people("renamed"));
    } else if (this.#act === "disable") void this.#change(path, { disabled: true }, people("disabled", { name }));
    else if (this.#act === "enable") void this.#change(path, { disabled: false }, people("enabled", { name }));
    else if (this.#act === "reset") void this.#reset(path);
    else if (this.#act === "role") this.#assign(path, before);
  };

  #wrong(pointer: string, said: string): void {
    this.problems = new Map([[pointer, [said]]]);
    this.focusOn(pointer === "/role" ? "form input" : '[aria-invalid="true"]');
  }

  #assign(path: string, before: Role | null): void {
    const { role, post, names, asked } = this.#choice;
    const u = this.user;
    const draft = {
      role,
      ...(role === "command_post" && { command_post: post }),
      ...(role === "planner" && { names }),
    };
    if (role === null) this.#wrong("/role", people("roleNeed"));
    else if (draft.command_post === "") this.#wrong("/command_post", people("postNeed"));
    else if (role === u.role && (draft.command_post ?? null) === u.command_post && (draft.names ?? false) === u.names)
      this.#wrong("/role", people("unchanged"));
    else if (asked) {
      const after = this.#words(role, post, names);
      const said = people(before ? "changed" : "given", { name: u.name, after });
      void this.#change(path, draft, said, u.elsewhere ? "" : wayIn(role, u));
    } else {
      this.#choice = { ...this.#choice, asked: true };
      this.#focus("form .btn.pri");
    }
  }

  async #change(path: string, body: object, said: string, more = ""): Promise<void> {
    const act = this.#act;
    this.begin();
    const sent = await once({ path, method: "PATCH", body, type: "application/json" });
    if (sent.kind === "refused") {
      this.#choice = { ...this.#choice, asked: false };
      return this.refuse(sent.problem);
    }
    this.busy = false;
    this.told = sent.kind === "answered" ? [said, more].filter(Boolean) : [people("lost")];
    this.#act = null;
    this.#reads++;
    moved();
    this.focusOn(`[data-act="${act}"], [data-act]`);
  }

  async #reset(path: string): Promise<void> {
    this.begin();
    const sent = await once({ path: `${path}/link`, method: "POST" });
    if (sent.kind === "refused") return this.refuse(sent.problem);
    this.busy = false;
    this.#act = null;
    this.#reads++;
    if (sent.kind === "answered") {
      const { link, expires_at: expires } = sent.answer as { link: string; expires_at: string };
      this.#link = { link, expires };
    } else this.told = [people("lost")];
    moved();
    this.requestUpdate();
  }

  #sessionList(u: User) {
    const list = this.#sessions.value;
    return html`<section aria-label=${people("sessions")}><div class="sh"><h3>${people("sessions")}</h3><span class="mut sm">${people("sessionsHint")}</span><span class="grow"></span>${this.#all("sessions", list)}</div>
      ${this.#sure(u, "sessions", list?.length ?? 0)}
      ${this.#listed(list, this.#sessions.problem, "sessionsNone", (s) => {
        const from = s.address ?? t("none");
        return html`<li><p><span>${people("began")} ${minuteOf(s.created_at)}</span><span class="mut">${people("seen")} ${minuteOf(s.seen_at)}</span></p><p class="mut data" title=${s.agent ?? ""}>${from}${s.agent ? ` · ${agentWords(s.agent)}` : ""}</p>${outOfReach(u) ? nothing : html`<button type="button" class="btn" aria-label=${people("endOf", { from })} ?disabled=${this.busy} @click=${() => void this.#end(`${userPath(u.name)}/sessions/${s.id}`, people("ended"))}>${people("end")}</button>`}</li>`;
      })}</section>`;
  }

  #tokenList(u: User) {
    const list = this.#tokens.value;
    return html`<section aria-label=${people("tokens")}><div class="sh"><h3>${people("tokens")}</h3><span class="mut sm">${people("tokensHint")}</span><span class="grow"></span>${this.#all("tokens", list)}</div>
      ${this.#sure(u, "tokens", list?.length ?? 0)}
      ${this.#listed(list, this.#tokens.problem, "tokensNone", (k) => {
        const scopes = listJoin(k.scopes.map((s) => people(`scope.${s}`)));
        const used = k.used_at ? `${people("used")} ${minuteOf(k.used_at)}` : people("notUsed");
        return html`<li class="data"><p><b>${k.name}</b><span class="mut">${scopes}</span></p><p class="mut">${people("until")} ${minuteOf(k.expires_at)} · ${used}</p>${outOfReach(u) ? nothing : html`<button type="button" class="btn" aria-label=${people("revokeOf", { name: k.name })} ?disabled=${this.busy} @click=${() => void this.#end(`${userPath(u.name)}/tokens/${k.id}`, people("revoked"))}>${people("revoke")}</button>`}</li>`;
      })}</section>`;
  }

  #all(of: "sessions" | "tokens", list: readonly unknown[] | null) {
    if (!list || list.length < 2 || this.#act === of || outOfReach(this.user)) return nothing;
    return html`<button type="button" class="lk" data-act=${of} @click=${() => this.#begin(of)}>${people(of === "sessions" ? "endAll" : "revokeAll")}</button>`;
  }

  /** Ending all of them at once asks first, with the name. */
  #sure(u: User, of: "sessions" | "tokens", n: number) {
    if (this.#act !== of) return nothing;
    const ends = of === "sessions";
    const said = people(ends ? "ended" : "revoked");
    return html`<form class="rec" @submit=${(e: Event) => {
      e.preventDefault();
      void this.#end(`${userPath(u.name)}/${of}`, said);
    }} @keydown=${onEscape(this.#leave)}><p class="ask-first data">${people(ends ? "endAllAsk" : "revokeAllAsk", { name: u.name, n })}</p>
      ${this.foot({ cancel: this.#leave, save: people(ends ? "endAll" : "revokeAll") })}</form>`;
  }

  #listed<T>(list: readonly T[] | null, problem: string | null, none: PeopleKey, row: (one: T) => TemplateResult) {
    if (!list) return html`<p class="mut">${problem ? people("failedHere") : ""}</p>`;
    return list.length === 0 ? html`<p class="mut">${people(none)}</p>` : html`<ul class="ends">${list.map(row)}</ul>`;
  }

  async #end(path: string, said: string): Promise<void> {
    if (this.busy) return;
    this.begin();
    const sent = await once({ path, method: "DELETE" });
    this.#reads++;
    if (sent.kind === "refused") {
      this.busy = false;
      this.told = [sent.problem.message];
    } else {
      this.busy = false;
      this.#act = null;
      this.told = [sent.kind === "answered" ? said : people("lost")];
    }
    this.requestUpdate();
  }
}
customElements.define("zb-account", AccountElement);

/** outOfReach are the two who watch the system administrator: only the console disables them, or ends what they use. */
const outOfReach = (u: User): boolean => u.role === "secadmin" || u.role === "auditor";

/** wayIn says how somebody comes in who becomes an administration; empty where what they have stays good. */
const wayIn = (role: Role | null, u: User): string =>
  role === u.role
    ? ""
    : role === "secadmin" || role === "auditor"
      ? people("consoleNext", { command: `zhengbei user reset ${u.name}` })
      : role === "sysadmin"
        ? people("sysadminNext", { name: u.name })
        : "";

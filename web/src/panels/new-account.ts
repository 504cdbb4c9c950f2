import { html } from "lit";
import type { Once, User } from "../api/people";
import { people } from "../i18n/accounts";
import { once } from "../state/unsent";
import { FormElement, onEscape } from "./form";
import "./once-link";
import { moved } from "./send";

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$/;
const mostPerson = 100;

/** Adding an account: its name and whose it is; then the one-time link by which the person sets a password. */
class NewAccount extends FormElement {
  #name = "";
  #person = "";
  #made: { account: string; once: Once } | null = null;

  protected pick() {
    return [];
  }

  protected override firstUpdated(): void {
    this.begins();
  }

  protected override render() {
    if (this.#made)
      return html`<zb-once-link .once=${this.#made.once} .account=${this.#made.account} .roleless=${true} @done=${this.#leave}></zb-once-link>`;
    this.shown.clear();
    const name = this.#name.trim();
    return html`<form class="rec" novalidate aria-labelledby="${this.formId}-h" @submit=${this.#submit} @keydown=${onEscape(this.#leave)}><h3 id="${this.formId}-h">${people("addTitle")}</h3>
      <div class="two">${this.row({
        pointer: "/name",
        label: people("name"),
        type: "text",
        value: this.#name,
        required: true,
        hint: people("nameHint"),
        wrong: name.length > 1 && !nameForm.test(name) ? people("nameForm") : undefined,
        set: (v) => {
          this.#name = v;
        },
      })}${this.row({
        pointer: "/person",
        label: people("person"),
        type: "text",
        value: this.#person,
        required: true,
        hint: people("personHint"),
        wrong: [...this.#person.trim()].length > mostPerson ? people("personLong") : undefined,
        set: (v) => {
          this.#person = v;
        },
      })}</div>
      <p class="mut">${people("addNext")}</p>
      ${this.foot({ cancel: this.#leave, save: people("add") })}</form>`;
  }

  readonly #leave = () => this.dispatchEvent(new CustomEvent("done"));

  readonly #submit = async (e: Event) => {
    e.preventDefault();
    if (this.busy) return;
    const [name, person] = [this.#name.trim(), this.#person.trim()];
    const wrong = new Map<string, string[]>();
    if (name === "") wrong.set("/name", [people("need", { label: people("name") })]);
    else if (!nameForm.test(name)) wrong.set("/name", [people("nameForm")]);
    if (person === "") wrong.set("/person", [people("need", { label: people("person") })]);
    else if ([...person].length > mostPerson) wrong.set("/person", [people("personLong")]);
    if (wrong.size > 0) {
      this.problems = wrong;
      return this.focusOn('[aria-invalid="true"]');
    }
    this.begin();
    const sent = await once({ path: "/api/v1/users", body: { name, person } });
    if (sent.kind === "refused") return this.refuse(sent.problem);
    this.busy = false;
    if (sent.kind === "unanswered") {
      this.told = [people("lost")];
      return this.requestUpdate();
    }
    const { link = "", link_expires_at: expires = "" } = sent.answer as User;
    this.#made = { account: name, once: { link, expires } };
    this.requestUpdate();
    moved();
  };
}
customElements.define("zb-new-account", NewAccount);

import { html, nothing } from "lit";
import { fetchPosts, type Post } from "../api/people";
import { listJoin, pick, t } from "../i18n";
import { mine } from "../i18n/me";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";
import { rowForm } from "./facts";
import { Source } from "./source";

/** The command posts, which an officer enters and renames: none is there until somebody does, and no account can be given to what is not there. */
class Posts extends PageElement {
  readonly #list = new Source<readonly Post[]>(this);

  protected pick(s: Readonly<State>) {
    return [s.revision, s.known, s.items.parcels];
  }

  protected override willUpdate(): void {
    this.#list.ask("", String(this.state.revision), fetchPosts);
  }

  protected override render() {
    const list = this.#list.value;
    return html`<p class="mut sm">${mine("postsLead")}</p>${
      list
        ? list.length === 0
          ? html`<p>${mine("postsNone")}</p>`
          : html`<ul class="items">${list.map((post) => this.#row(post))}</ul>`
        : this.#list.problem
          ? html`<p class="mut">${this.#list.problem === "away" ? t("ledger.failed") : this.#list.problem}</p>`
          : nothing
    }${this.state.known === null ? rowForm("command-post", null, null) : html`<p class="mut sm">${mine("postsPast")}</p>`}`;
  }

  #row({ code, name, name_en, parcels }: Post) {
    const named = parcels.map((id) => {
      const p = this.state.items.parcels?.find((f) => f.id === id)?.properties;
      return pick(p?.name, p?.name_en) || id;
    });
    return html`<li data-post=${code}><span class="data"><b>${pick(name, name_en)}</b> <span class="mut">${code}</span><br /><small>${named.length > 0 ? listJoin(named) : mine("postsIdle")}</small></span>${rowForm("command-post", code, null)}</li>`;
  }
}
customElements.define("zb-posts", Posts);

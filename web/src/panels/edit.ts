import { html, nothing } from "lit";
import type { Collection } from "../api/types";
import { word } from "../i18n/write";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";
import "./boundary";
import { rowForm } from "./facts";
import "./retire";
import "./send";

/** What can be done to a feature: its attributes, its boundary, its end; in a parcel also what is new in it. */
class EditElement extends PageElement {
  static override properties = { collection: {}, code: {} };
  declare collection: Exclude<Collection, "context">;
  declare code: string;

  protected pick(s: Readonly<State>) {
    return [s.figures];
  }

  protected override render() {
    const { collection, code } = this;
    const post = this.state.figures?.progress.parcels.find((p) => p.code === code)?.command_post?.code;
    return html`<section class="sec" aria-label=${word("edit")}><div class="forms">
      ${rowForm(collection, code, null)}
      <zb-boundary .collection=${collection} .code=${code}></zb-boundary>
      ${collection === "parcels" ? html`<zb-boundary .collection=${"plots"} .parcel=${code}></zb-boundary>` : nothing}
      ${collection === "parcels" && post ? rowForm("command-post", post, null) : nothing}
      <zb-retire .collection=${collection} .code=${code}></zb-retire>
    </div></section>`;
  }
}
customElements.define("zb-edit", EditElement);

import { html } from "lit";
import { formatAddress } from "../state/address";
import { app, type Ref } from "../state/app";
import { open } from "../state/navigate";

/** hrefOf is the address of a feature with the clocks of the page. */
export function hrefOf(ref: Ref): string {
  const { at, known } = app.state;
  return formatAddress({ route: { name: "feature", ...ref }, at, known, view: null, area: null });
}

/** follow opens within the page what a plain click would have loaded anew. */
export function follow(ref: Ref) {
  return (e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
    e.preventDefault();
    e.stopPropagation();
    open(ref, true);
  };
}

export const featureLink = (ref: Ref, text: string) => html`<a href=${hrefOf(ref)} @click=${follow(ref)}>${text}</a>`;

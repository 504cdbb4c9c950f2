import { html } from "lit";
import { formatAddress, type Route } from "../state/address";
import { app, type Ref } from "../state/app";
import { open, openView } from "../state/navigate";

type View = Exclude<Route, { name: "feature" }>;

/** hrefOf is the address of a part of the page with the clocks of the page, so that another tab shows the same day. */
function hrefOf(route: Route): string {
  const { at, known } = app.state;
  return formatAddress({ route, at, known, view: null, area: null });
}

/** follow does within the page what a plain click would have loaded anew; any other click is the browser's. */
const follow = (go: () => void) => (e: MouseEvent) => {
  e.stopPropagation(); // the row around it would open here what is asked for elsewhere
  if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
  e.preventDefault();
  go();
};

export const featureLink = (ref: Ref, text: string) =>
  html`<a href=${hrefOf({ name: "feature", ...ref })} @click=${follow(() => open(ref, true))}>${text}</a>`;

/** viewLink are the address of what is no feature and what a click on it does. */
export const viewLink = (view: View) => ({ href: hrefOf(view), click: follow(() => openView(view)) });

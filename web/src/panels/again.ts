import { html, LitElement } from "lit";
import { fetchMe, signOut } from "../api/account";
import type { Me } from "../api/types";
import { mine } from "../i18n/me";
import { app } from "../state/app";
import "../ui/account";
import { SignIn } from "./sign-in";

let asking: Promise<void> | null = null;

/** signedInAgain asks over the page to sign in again, once for all that waits, and answers when the same account is back. */
export function signedInAgain(): Promise<void> {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

async function ask(): Promise<void> {
  const menu = document.querySelector<HTMLElement & { close(focus: boolean): void }>("zb-me");
  menu?.close(menu.contains(document.activeElement)); // its account is not signed in any more, and it would stand behind the layer
  const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const dialog = document.createElement("dialog");
  dialog.className = "again";
  dialog.addEventListener("cancel", (e) => e.preventDefault()); // what waits behind it would not go on
  dialog.addEventListener("keydown", (e) => e.stopPropagation()); // the keys of the page are not its
  const account = app.state.me?.account ?? "";
  await new Promise<void>((back) => {
    const came = (me: Me) => {
      if (me.account === account) back();
      else location.reload(); // another account has the browser now: the page begins anew for it
    };
    const door = new SignIn();
    door.again = account;
    door.entered = came;
    const leave = new Leave();
    leave.account = account;
    door.below = () => leave;
    const look = () => void fetchMe().then(came, () => {}); // signed in meanwhile in another tab
    window.addEventListener("focus", look);
    dialog.addEventListener("close", () => window.removeEventListener("focus", look));
    dialog.append(door);
    dialog.setAttribute("aria-labelledby", "door-h");
    document.body.append(dialog);
    dialog.showModal();
  });
  dialog.close();
  dialog.remove();
  app.set({ revision: app.state.revision + 1 }); // what was shown may be old by now
  before?.focus();
}

/** The way out for somebody else: it says first what stays behind. */
class Leave extends LitElement {
  account = "";
  #asked = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const flip = (to: boolean) => () => {
      this.#asked = to;
      this.requestUpdate();
    };
    const go = async () => {
      await signOut().catch(() => {});
      location.assign("/");
    };
    return html`<div class="foot">${
      this.#asked
        ? html`<p class="sm">${mine("otherLead", { account: this.account })}</p><div class="end"><button class="btn" @click=${flip(false)}>${mine("stay")}</button><span class="grow"></span><button class="btn" @click=${go}>${mine("leave")}</button></div>`
        : html`<button class="lk" @click=${flip(true)}>${mine("other")}</button>`
    }</div>`;
  }
}
customElements.define("zb-leave", Leave);

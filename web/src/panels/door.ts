import { html } from "lit";
import { t } from "../i18n";
import "../ui/account";
import { logo } from "../ui/logo";
import { languageButton } from "./language";

/** doorHead is all that stands above the door: what this is, and the other language. */
export const doorHead = () =>
  html`<header class="door-hd">${logo}<h1>${t("app.name")}</h1><span class="grow"></span>${languageButton()}</header>`;

/** underGate shows one thing in place of the page until it is done. */
export function underGate<T>(make: (done: (value: T) => void) => HTMLElement): Promise<T> {
  return new Promise((resolve) => {
    const main = document.createElement("main");
    main.className = "door";
    document.body.classList.add("gate");
    main.append(
      make((value) => {
        main.remove();
        document.body.classList.remove("gate");
        resolve(value);
      }),
    );
    document.body.prepend(main);
  });
}

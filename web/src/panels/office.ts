import { html } from "lit";
import { t } from "../i18n";
import style from "../ui/admin.css?inline";
import { adopt } from "../ui/adopt";
import { PageElement } from "../ui/element";

adopt(style);

const patience = 300; // milliseconds before it is said that something is read

/** What the administrations work in: the whole width, on a phone the whole screen, since there is no map for them. */
export abstract class OfficeElement extends PageElement {
  #slow = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** heading is what the page is called. */
  protected abstract heading(): string;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setTimeout(() => {
      this.#slow = true;
      this.requestUpdate();
    }, patience);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override updated(): void {
    document.title = `${this.heading()} · ${t("app.name")}`;
  }

  /** unread says why there is nothing to show yet; a moment of reading is not worth a word. */
  protected unread(problem: string | null, failed: string, loading: string, retry: string, again: () => void) {
    if (problem !== null)
      return html`<div class="lead" role="alert"><p>${problem === "away" ? failed : problem}</p><button class="btn" @click=${again}>${retry}</button></div>`;
    return html`<p class="lead mut" role="status">${this.#slow ? loading : ""}</p>`;
  }
}

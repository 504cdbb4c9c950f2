import { html, nothing } from "lit";
import { t } from "../i18n";
import type { State } from "../state/app";
import { bound } from "../state/load";
import { setClocks } from "../state/navigate";
import { day } from "../state/select";
import { PageElement } from "../ui/element";
import { isDay, minuteOf, plusDays, weekday } from "../ui/format";
import { icon } from "../ui/icons";
import { calendar } from "./calendar";

/** The day that the whole page shows, and the day up to which its knowledge counts. */
class DateControl extends PageElement {
  #open = false;
  #day = "";
  #known = "";
  #month = "";

  protected pick(s: Readonly<State>) {
    return [s.round, s.at, s.known, s.phone];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.#outside);
    document.addEventListener("focusin", this.#outside);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.#outside);
    document.removeEventListener("focusin", this.#outside);
  }

  readonly #outside = (e: Event) => {
    if (this.#open && e.target instanceof Node && !this.contains(e.target)) this.#show(false);
  };

  #show(open: boolean): void {
    this.#open = open;
    this.#day = day(this.state) ?? "";
    this.#known = this.state.known ? minuteOf(this.state.known) : "";
    this.#month = this.#day.slice(0, 7);
    this.requestUpdate();
    if (open)
      void this.updateComplete.then(() =>
        this.querySelector<HTMLElement>('.cal [aria-current="date"], .pop input')?.focus(),
      );
  }

  #close(): void {
    this.#show(false);
    this.querySelector<HTMLElement>(".dv")?.focus();
  }

  /** A step counts from the day that the page is on its way to, so that quick steps add up. */
  #step(days: number): void {
    const { round } = this.state;
    const { at: to, known } = bound();
    const at = plusDays(to ?? round?.default_at ?? "", days);
    void setClocks(round && at > round.default_at ? round.default_at : at, known);
  }

  async #apply(at: string, known: string): Promise<void> {
    if (!isDay(at) || !(known === "" || isDay(known) || known === minuteOf(this.state.known ?? ""))) return;
    const kept = this.state.known && known === minuteOf(this.state.known) ? this.state.known : known || null;
    this.#close();
    await setClocks(at, kept);
  }

  protected override render() {
    const { round, known, phone } = this.state;
    const shown = day(this.state);
    if (!round || !shown) return nothing;
    const last = shown >= round.default_at;
    return html`<div class="date" role="group" aria-label=${t("date.group")} @keydown=${(e: KeyboardEvent) => {
      if (e.key === "Escape" && this.#open) this.#close();
    }}>
      ${phone ? nothing : html`<button class="ib" aria-label=${t("date.back")} title=${t("date.back")} @click=${() => this.#step(-1)}>${icon("back")}</button>`}
      <button class="dv" aria-haspopup="dialog" aria-expanded=${this.#open} title=${t("date.title")} @click=${() => this.#show(!this.#open)}>
        ${phone ? nothing : icon("calendar")}<span class="unseen">${t("date.open")}</span><b>${shown}</b><span>${t(`weekday.${weekday(shown) as 0}`)}</span>
      </button>
      ${
        phone
          ? nothing
          : html`<button class="ib" ?disabled=${last} aria-label=${t("date.forward")} title=${t("date.forward")} @click=${() => this.#step(1)}>${icon("forward")}</button>`
      }
      ${
        known
          ? html`<span class="kn set">${t("date.knownOn", { known: minuteOf(known) })}<button class="ib" aria-label=${t("date.knownClear")} title=${t("date.knownClear")} @click=${() =>
              void setClocks(this.state.at, null)}>${icon("close", true)}</button></span>`
          : phone
            ? nothing
            : html`<button class="kn" @click=${() => this.#show(true)}>${t("date.knownNow")}</button>`
      }
      ${this.#open ? this.#popover(round.default_at, round.starts_on) : nothing}
    </div>`;
  }

  #popover(today: string, start: string) {
    const dayBad = !isDay(this.#day);
    const knownBad = this.#known !== "" && !isDay(this.#known) && this.#known !== minuteOf(this.state.known ?? "");
    const type = (put: (v: string) => void) => (e: Event) => {
      put((e.target as HTMLInputElement).value.trim());
      if (isDay(this.#day)) this.#month = this.#day.slice(0, 7);
      this.requestUpdate();
    };
    return html`<form class="pop" role="dialog" aria-label=${t("date.title")} @submit=${(e: Event) => {
      e.preventDefault();
      void this.#apply(this.#day, this.#known);
    }}>
      <div class="quick">
        <button type="button" class="btn" @click=${() => void this.#apply(today, this.#known)}>${t("date.today")}</button>
        <button type="button" class="btn" @click=${() => void this.#apply(start, this.#known)}>${t("date.start")} ${start}</button>
      </div>
      ${calendar({
        month: this.#month,
        chosen: this.#day,
        today,
        turn: (month) => {
          this.#month = month;
          this.requestUpdate();
        },
        choose: (d) => void this.#apply(d, this.#known),
      })}
      <label>${t("date.day")}
        <input class="inp" name="at" autocomplete="off" .value=${this.#day} aria-invalid=${dayBad} aria-describedby="date-form" @input=${type(
          (v) => {
            this.#day = v;
          },
        )} />
        <small id="date-form" class=${dayBad ? "bad" : ""}>${dayBad ? t("date.bad") : t("date.form")}</small>
      </label>
      <label>${t("date.known")}
        <input class="inp" name="known" autocomplete="off" .value=${this.#known} aria-invalid=${knownBad} aria-describedby="known-form" @input=${type(
          (v) => {
            this.#known = v;
          },
        )} />
        <small id="known-form" class=${knownBad ? "bad" : ""}>${knownBad ? t("date.bad") : t("date.knownHint")}</small>
      </label>
      <div class="end"><button class="btn pri" ?disabled=${dayBad || knownBad}>${t("date.apply")}</button></div>
    </form>`;
  }
}
customElements.define("zb-date", DateControl);

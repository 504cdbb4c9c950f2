import { LitElement } from "lit";
import { app, type State } from "../state/app";

/** PageElement renders into the page itself, so that the one stylesheet reaches it, when what it picks has moved. */
export abstract class PageElement extends LitElement {
  #stop: (() => void) | undefined;

  /** pick lists what of the state the element shows; the language always counts. */
  protected abstract pick(state: Readonly<State>): readonly unknown[];

  protected get state(): Readonly<State> {
    return app.state;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = app.watch(
      (s) => [s.language, ...this.pick(s)],
      () => this.requestUpdate(),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }
}

import { nothing } from "lit";
import { PageElement } from "../ui/element";

class AccountsPanel extends PageElement {
  protected pick() {
    return [];
  }

  protected override render() {
    return nothing;
  }
}
customElements.define("zb-accounts", AccountsPanel);

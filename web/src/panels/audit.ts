import { nothing } from "lit";
import { PageElement } from "../ui/element";

class AuditPanel extends PageElement {
  protected pick() {
    return [];
  }

  protected override render() {
    return nothing;
  }
}
customElements.define("zb-audit", AuditPanel);

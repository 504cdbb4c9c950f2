import { html } from "lit";

export const logo = html`<svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
  <path d="M2 4.500 8 2.500v8.200L2 12.500z"></path><path class="l2" d="M9.500 2.500 18 5v6.200l-8.500-1z"></path
  ><path class="l3" d="M2 14l6.200-1.800L18 12.700v4.800H2z"></path>
</svg>`;

/** callOf is the address by which a telephone is rung (RFC 3966); the numbers of the mainland are written with their country. */
export function callOf(number: string): string {
  const [area = "", ...rest] = number.split("-");
  if (rest.length === 0) return area.startsWith("+") ? `tel:${area}` : `tel:+86${area}`;
  const [local = "", extension] = rest;
  return `tel:+86${area.replace(/^0/, "")}${local}${extension ? `;ext=${extension}` : ""}`;
}

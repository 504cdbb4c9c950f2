const cssPixel = 0.0254 / 96; // metres

/** metresPerPixel on the ground of a Web Mercator map. */
export const metresPerPixel = (lat: number, zoom: number): number =>
  (2 * Math.PI * 6378137 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** zoom);

/** scaleOf is the N of 1:N for a screen of 96 pixels an inch, to three figures. */
export function scaleOf(metres: number): number {
  const exact = metres / cssPixel;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 2);
  return Math.round(exact / unit) * unit;
}

/** barOf is the longest round distance that fits into so many pixels. */
export function barOf(metres: number, widest: number): { metres: number; pixels: number } {
  const most = metres * widest;
  const power = 10 ** Math.floor(Math.log10(most));
  const round = ([5, 2, 1].find((k) => k * power <= most) ?? 1) * power;
  return { metres: round, pixels: round / metres };
}

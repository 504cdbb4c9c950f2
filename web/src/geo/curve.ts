/** What the burn-up curve is drawn from: hectares and days. */
export interface CurveInput {
  from: string;
  at: string;
  items: readonly { on: string; released_ha: number; planned_ha: number | null }[];
  target: number | null;
  expected: number | null;
  /** The day of expected, and of the target, at the pace of the last weeks. */
  forecast: readonly { on: string; ha: number }[];
  deadline: string | null;
}

export interface XY {
  x: number;
  y: number;
}

export interface CurveShape {
  released: string;
  area: string;
  schedule: string | null;
  forecast: string | null;
  forecastEnd: XY | null;
  dot: XY;
  target: number | null;
  expected: number | null;
  ticks: { y: number; value: number }[];
  /** Years as they stand under the axis, each in the middle of what is seen of it, and where they part. */
  years: { x: number; year: string }[];
  parts: number[];
}

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const dayMs = 86_400_000;
const days = (text: string): number => Date.parse(`${text}T00:00:00Z`) / dayMs;
const longest = 5 * 365; // days past the day shown; a forecast further off is no forecast

/** stepOf is a round step that gives four to six ticks up to a value. */
export function stepOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9) / 4));
  return power * ([1, 2, 2.5, 5, 10].find((k) => most / power / k <= 6) ?? 10);
}

/** curveShape turns the series into paths inside a frame of pixels. */
export function curveShape(input: CurveInput, frame: Frame): CurveShape {
  const start = days(input.from);
  const now = Math.max(days(input.at), start + 1);
  const ends = [...input.forecast.map((f) => f.on), input.deadline].flatMap((d) => (d ? [days(d)] : []));
  const end = Math.max(now, start + 365, ...ends.map((d) => Math.min(d, now + longest)));
  const highest = Math.max(1, input.target ?? 0, input.expected ?? 0, ...input.items.map((i) => i.released_ha));
  const step = stepOf(highest);
  const most = highest * 1.04;
  const x = (d: number) => frame.left + ((frame.right - frame.left) * (d - start)) / (end - start);
  const y = (ha: number) => frame.bottom - ((frame.bottom - frame.top) * ha) / most;
  const at = (d: string, ha: number): XY => ({ x: x(days(d)), y: y(ha) });
  const line = (points: readonly XY[]) =>
    points.map((p, i) => `${i === 0 ? "M" : "L"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("");

  const points = input.items.map((i) => at(i.on, i.released_ha));
  const last = input.items[input.items.length - 1];
  const dot = last ? at(last.on, last.released_ha) : at(input.from, 0);
  const first = points[0] ?? dot;
  const planned = input.items.filter((i) => i.planned_ha !== null);
  const schedule =
    input.deadline && planned.length > 0 && input.target !== null
      ? line([at(input.from, 0), at(input.deadline, input.target)])
      : null;

  const goals = last ? input.forecast.filter((f) => f.on > last.on && f.ha > last.released_ha) : [];
  const furthest = goals.reduce<{ on: string; ha: number } | null>((a, b) => (a && a.on >= b.on ? a : b), null);
  let forecastEnd: XY | null = null;
  if (furthest && last) {
    const [from, to] = [days(last.on), days(furthest.on)];
    const stop = Math.min(to, end);
    const ha = last.released_ha + ((furthest.ha - last.released_ha) * (stop - from)) / (to - from);
    forecastEnd = { x: x(stop), y: y(ha) };
  }

  const ticks: CurveShape["ticks"] = [];
  for (let value = 0; value <= most; value += step) ticks.push({ y: y(value), value });
  const years: CurveShape["years"] = [];
  const parts: number[] = [];
  const yearOf = (d: number) => new Date(d * dayMs).getUTCFullYear();
  for (let year = yearOf(start); year <= yearOf(end); year++) {
    const from = Math.max(start, days(`${year}-01-01`));
    const to = Math.min(end, days(`${year + 1}-01-01`));
    if (x(to) - x(from) >= 28) years.push({ x: (x(from) + x(to)) / 2, year: String(year) });
    if (from > start) parts.push(x(from));
  }
  return {
    released: line(points),
    area:
      points.length > 1
        ? `${line(points)}L${dot.x.toFixed(1)} ${frame.bottom}L${first.x.toFixed(1)} ${frame.bottom}Z`
        : "",
    schedule,
    forecast: forecastEnd && line([dot, forecastEnd]),
    forecastEnd,
    dot,
    target: input.target === null ? null : y(input.target),
    expected: input.expected === null ? null : y(input.expected),
    ticks,
    years,
    parts,
  };
}

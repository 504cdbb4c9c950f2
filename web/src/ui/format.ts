const minus = "−";

const formats = new Map<number, Intl.NumberFormat>();
function formatOf(digits: number): Intl.NumberFormat {
  const known = formats.get(digits);
  if (known) return known;
  const fresh = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  formats.set(digits, fresh);
  return fresh;
}

/** number writes a figure with thousands separators; minus is U+2212, and zero never has a sign. */
export function number(value: number, digits = 0): string {
  const text = formatOf(digits).format(Math.abs(value));
  return value < 0 && /[1-9]/.test(text) ? minus + text : text;
}

/** signed writes a difference with its sign. */
export function signed(value: number, digits = 0): string {
  const text = number(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export const hectares = (m2: number): number => m2 / 10_000;
export const mu = (m2: number): number => (m2 * 3) / 2000;

const shanghai = { timeZone: "Asia/Shanghai", hourCycle: "h23" } as const;
const clock = new Intl.DateTimeFormat("en-CA", { ...shanghai, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-CA", { ...shanghai, year: "numeric", month: "2-digit", day: "2-digit" });

/** clockTime is the hour and minute in Shanghai. */
export const clockTime = (instant: Date): string => clock.format(instant);

/** dayOf is the day of an instant in Shanghai; a date stays itself. */
export const dayOf = (instant: string): string => (isDay(instant) ? instant : day.format(new Date(instant)));

/** minuteOf is day, hour and minute of an instant in Shanghai. */
export const minuteOf = (instant: string): string =>
  isDay(instant) ? instant : `${dayOf(instant)} ${clockTime(new Date(instant))}`;

/** isDay says whether a text is a day of the calendar, as 2022-03-31. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** plusDays moves a day; weekday is 0 for Sunday. */
export const plusDays = (text: string, days: number): string =>
  new Date(Date.parse(`${text}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
export const weekday = (text: string): number => new Date(`${text}T00:00:00Z`).getUTCDay();

/**
 * Every number, date and span of the page becomes text here, and nowhere else.
 *
 * Numbers: the page's language decides the decimal mark; thousands are parted by a narrow no-break space, a fall
 * has the true minus (U+2212), and what is missing is an en dash.
 */

const LANGUAGE = "en-GB";
const MINUS = "\u2212";
const THIN = "\u202f";
const SPACE = "\u00a0";
export const NONE = "\u2013";

export type Missing = null | undefined;

/** A number as a text with all its digits, as the desk tells money: `-1234.56`. */
export type Exact = string;

const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(digits: number, signed: boolean): Intl.NumberFormat {
  const key = `${digits}${signed}`;
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LANGUAGE, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: "always",
      signDisplay: signed ? "exceptZero" : "negative",
    });
    numbers.set(key, format);
  }
  return format;
}

function written(value: number | Exact, digits: number, signed = false): string {
  return numberFormat(digits, signed)
    .formatToParts(value as Intl.StringNumericLiteral)
    .map((part) => (part.type === "group" ? THIN : part.type === "minusSign" ? MINUS : part.value))
    .join("");
}

function known(value: number | Missing): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Decimals that show a price of this size well: about four significant digits, at least two from 1 up. */
export function decimalsFor(price: number): number {
  const size = Math.abs(price);
  if (size === 0 || size >= 1) return 2;
  return Math.min(8, 3 - Math.floor(Math.log10(size)));
}

export function price(value: number | Missing, decimals?: number): string {
  return known(value) ? written(value, decimals ?? decimalsFor(value)) : NONE;
}

/** A difference of prices, always with its sign. */
export function change(value: number | Missing, decimals: number): string {
  return known(value) ? written(value, decimals, true) : NONE;
}

/** A percentage given in percent, always with its sign; the unit stands in the heading or is added by `percentUnit`. */
export function percent(value: number | Missing, digits = 2): string {
  return known(value) ? written(value, digits, true) : NONE;
}

export function percentUnit(value: number | Missing, digits = 2): string {
  return known(value) ? `${written(value, digits, true)}${THIN}%` : NONE;
}

/** A value of an indicator in its own unit; `decimals` are those of the price. */
export function indicator(value: number | Missing, unit: "price" | "fraction" | "figure", decimals: number): string {
  if (unit === "fraction") return share(value);
  if (unit === "price") return price(value, decimals);
  return known(value) && Math.abs(value) >= 1e4 ? compact(value) : figure(value);
}

/** A share between 0 and 1 as a percentage without a sign. */
export function share(value: number | Missing): string {
  return known(value) ? `${written(value * 100, 1)}${THIN}%` : NONE;
}

const parts = new Map<string, number>();

/** How many decimals amounts of `currency` have: two of most, of one that is still being typed too; none of the yen. */
export function decimalsOf(currency: string): number {
  let digits = parts.get(currency);
  if (digits === undefined && !/^[A-Za-z]{3}$/.test(currency)) return 2;
  if (digits === undefined) {
    const style = { style: "currency", currency } as const;
    digits = new Intl.NumberFormat(LANGUAGE, style).resolvedOptions().maximumFractionDigits ?? 2;
    parts.set(currency, digits);
  }
  return digits;
}

/** What one unit was bought or sold at: exactly, or where a broker divided it out, as exactly as can be read. */
export function unitPrice(value: string): string {
  if ((value.split(".")[1]?.length ?? 0) <= 6) return exactly(value, 2);
  const number = Number(value);
  return price(number, Math.max(4, decimalsFor(number)));
}

/** An amount of money, to the smallest coin; whose money it is stands in the heading. Exact however large it is. */
export function amount(value: Exact | Missing, currency: string, signed = false): string {
  return value == null ? NONE : written(value, decimalsOf(currency), signed);
}

/** An amount with its currency, in a sentence: `1 234.56 EUR`. */
export function money(value: Exact | Missing, currency: string, signed = false): string {
  return value == null ? NONE : `${amount(value, currency, signed)}${SPACE}${currency}`;
}

/** An amount at a glance, for sentences and axes: `12 346 EUR` where cents would only be in the way. */
export function roughMoney(value: number | Missing, currency: string): string {
  if (!known(value)) return NONE;
  return `${written(value, Math.abs(value) < 1000 ? decimalsOf(currency) : 0)}${SPACE}${currency}`;
}

/** A number with all the digits that it was told with, idle zeros aside: units of an instrument, a rate. */
export function exactly(value: Exact | Missing, least = 0): string {
  if (value == null) return NONE;
  const [, decimals = ""] = value.split(".");
  return written(value, Math.max(least, decimals.replace(/0+$/, "").length));
}

/** A return or a part of something, told as a fraction, in percent and with its sign: `+12.34 %`. */
export function gain(value: Exact | number | Missing, digits = 2): string {
  return value == null ? NONE : percentUnit(Number(value) * 100, digits);
}

/** A fraction as a percentage without a sign, in a column: `12.3`. */
export function shareFigure(value: Exact | number | Missing): string {
  return value == null ? NONE : written(Number(value) * 100, 1);
}

/** What is paid for a unit: `0.20`, `0.5132`, `0.001875`. */
export function dividend(amount: number): string {
  const [, decimals = ""] = String(Number(amount.toPrecision(4))).split(".");
  return written(amount, Math.min(8, Math.max(2, decimals.length)));
}

/** A plain figure such as a ratio, a beta or a correlation. */
export function figure(value: number | Missing, digits = 2): string {
  return known(value) ? written(value, digits) : NONE;
}

/** A ratio of prices, however far apart they are: `1.2034`, `0.00002957`. */
export function ratio(value: number | Missing): string {
  return known(value) ? written(value, Math.max(4, decimalsFor(value))) : NONE;
}

export function whole(value: number | Missing): string {
  return known(value) ? written(value, 0) : NONE;
}

const STEPS = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
] as const;

/** A volume at a glance: `51.2 M`, `890`. */
export function compact(value: number | Missing): string {
  if (!known(value)) return NONE;
  // 999 950 would be written 1000.0 K: the next unit begins where the last one would round up to it.
  const step = STEPS.find(([size]) => Math.abs(value) >= size * 0.99995);
  return step ? `${written(value / step[0], 1)}${THIN}${step[1]}` : written(value, 0);
}

const FIGURE = /(?<=^|[\s(])(?:-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-\d+(?:\.\d+)?|\d+\.\d+|\d{5,})(?=[\s,;:%)]|\.?$|\.\s)/g;

/** A day that something is of; one that shows how to write a day stays. */
const DATE = /(?<=^|[\s(])(?<!(?:Write|like) )\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?=[\s,;:)]|\.?$|\.\s)/g;

/** The desk's own sentence as the page writes: days in words, thin thousands, true minus, no idle `.0`. */
export function told(sentence: string): string {
  return sentence.replace(FIGURE, figureAsWritten).replace(DATE, (date) => day(date));
}

/** A number as its source wrote it, with as many decimals. */
export function figureAsWritten(text: string): string {
  const [, decimals = "0"] = text.split(".");
  return written(Number(text.replaceAll(",", "")), decimals === "0" ? 0 : decimals.length);
}

/** `1 alert`, `12 alerts`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}

const BYTES = ["B", "kB", "MB", "GB", "TB"];

export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(value) / 3));
  return `${written(value / 1000 ** power, power === 0 ? 0 : 1)}${THIN}${BYTES[power]}`;
}

export type Moved = "up" | "down" | "flat";

export function moved(value: number | Missing): Moved {
  return !known(value) || value === 0 ? "flat" : value > 0 ? "up" : "down";
}

/* ------------------------------------------------------------------------------------------------ time */

type Instant = string | number | Date;

const dates = new Map<string, Intl.DateTimeFormat>();

function dateFormat(zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone}${JSON.stringify(options)}`;
  let format = dates.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(LANGUAGE, { ...options, timeZone: zone });
    dates.set(key, format);
  }
  return format;
}

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;
const DAY_AND_MONTH = { day: "numeric", month: "short" } as const;
const WEEKDAY = { weekday: "short", ...DAY_AND_MONTH } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

function instant(value: Instant): Date {
  return value instanceof Date ? value : typeof value === "number" ? new Date(value * 1000) : new Date(value);
}

/** The one form of a date: no comma after the weekday, and months of three letters, September's too. */
function dated(value: Instant, zone: string | undefined, options: Intl.DateTimeFormatOptions): string {
  return dateFormat(zone, options).format(instant(value)).replace(",", "").replace("Sept", "Sep");
}

/** `12 May 2026`. Numbers are epoch seconds; a bare date is that date, in every zone. */
export function day(value: Instant | Missing, zone = "UTC"): string {
  return value == null ? NONE : dated(value, zone, DAY);
}

/** `Thu 26 Nov`, for dates near today. */
export function weekday(value: Instant, zone = "UTC"): string {
  return dated(value, zone, WEEKDAY);
}

/** `Thu 26 Nov 2026`. */
export function weekdayOfYear(value: Instant, zone = "UTC"): string {
  return dated(value, zone, { ...WEEKDAY, year: "numeric" });
}

/** `May 2026`, the month of a bare date. */
export function month(value: Instant): string {
  return dated(value, "UTC", { month: "short", year: "numeric" });
}

/** `28 Aug`, with the year where it is not that of `now` (milliseconds). */
export function dayNear(value: Instant, now: number, zone = "UTC"): string {
  const sameYear = dated(value, zone, { year: "numeric" }) === dated(new Date(now), zone, { year: "numeric" });
  return dated(value, zone, sameYear ? DAY_AND_MONTH : DAY);
}

/** The day whose trading a price at `ts` closed or belongs to: a day that ends at midnight is the one before it. */
export function tradeDay(ts: string): Date {
  return new Date(Date.parse(ts) - 1);
}

/** Whose clock times are told by: `New York time`, `UTC`. */
export function zoneName(zone: string): string {
  const place = zone.split("/").at(-1) ?? zone;
  return zone.includes("/") && !zone.startsWith("Etc/") ? `${place.replaceAll("_", " ")} time` : place;
}

/** The reader's own clock. */
export const READERS_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `14:05` in `zone`, or in the reader's own. */
export function clock(value: Instant | Missing, zone?: string): string {
  return value == null ? NONE : dateFormat(zone, CLOCK).format(instant(value));
}

/** `12 May 2026 14:05`, or the date alone for bars of a day and longer, which are labelled by their date. */
export function barTime(ts: number, zone: string, intraday: boolean): string {
  return intraday ? `${day(ts, zone)} ${clock(ts, zone)}` : day(ts);
}

/** An instant on the clock of an exchange, which is named: `12 May 2026 14:05, New York time`. */
export function exchangeTime(value: Instant, zone: string): string {
  return `${day(value, zone)} ${clock(value, zone)}, ${zoneName(zone)}`;
}

/** A date and time in the reader's own zone: `12 May 2026 14:05`. */
export function moment(value: Instant | Missing): string {
  return value == null ? NONE : `${dated(value, undefined, DAY)} ${clock(value)}`;
}

/** An instant to the second, in the reader's own zone: `12 May 2026 14:05:09`. */
export function toTheSecond(value: Instant): string {
  return `${dated(value, undefined, DAY)} ${dateFormat(undefined, { ...CLOCK, second: "2-digit" }).format(instant(value))}`;
}

/** As `toTheSecond`, and whose clock that is: `12 May 2026 14:05:09, Berlin time`. */
export function toTheSecondThere(value: Instant): string {
  return `${toTheSecond(value)}, ${zoneName(READERS_ZONE)}`;
}

/** Today's times as `14:05`, others as `Thu 26 Nov 14:05`; in the reader's zone. */
export function soon(value: Instant | Missing, now: number): string {
  if (value == null) return NONE;
  const at = instant(value);
  const far = Math.abs(at.getTime() - now) > 16 * 3600_000;
  return far ? `${dated(at, undefined, WEEKDAY)} ${clock(at)}` : clock(at);
}

/** A countdown: `2 d 3 h`, `2 h 14 min`, `14 min 05 s`, `5 s`. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const [d, h, m] = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60)];
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${String(m).padStart(2, "0")} min`;
  if (m > 0) return `${m} min ${String(s % 60).padStart(2, "0")} s`;
  return `${s} s`;
}

/** An age in its largest unit: `3 s`, `15 min`, `4 h`, `2 d`. */
export function age(seconds: number | Missing): string {
  if (!known(seconds)) return NONE;
  if (seconds < 60) return `${Math.floor(Math.max(0, seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

/** How long ago, in words that do not change by the second: `now`, `10 s ago`, `15 min ago`. */
export function ago(seconds: number): string {
  if (seconds < 5) return "now";
  return `${age(seconds < 10 ? 5 : seconds < 60 ? Math.floor(seconds / 10) * 10 : seconds)} ago`;
}

/** What a budget is counted by: `minute`, `day`, `15 min`. */
export function period(seconds: number): string {
  return { 1: "second", 60: "minute", 3600: "hour", 86400: "day" }[seconds] ?? age(seconds);
}

/**
 * A tick of a chart's time axis, from seconds that read as wall-clock time when taken for UTC (see lib/zone);
 * `withYear` where the axis does not tell the year elsewhere.
 */
export function axisTick(wall: number, kind: "year" | "month" | "day" | "time", withYear: boolean): string {
  const year = withYear ? ({ year: "numeric" } as const) : {};
  const options = {
    year: { year: "numeric" },
    month: { month: "short", ...year },
    day: { ...DAY_AND_MONTH, ...year },
    time: CLOCK,
  } as const;
  return dated(wall, "UTC", options[kind]);
}

/** Whether bars of `interval`, as the desk writes it (`30m`, `1d`, `1mo`), are shorter than a day. */
export function isIntraday(interval: string): boolean {
  return /\d[smh]$/.test(interval);
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400 };
const MONTHS: Record<string, number> = { mo: 1, q: 3, y: 12 };

/** When a bar of `interval` labelled `ts` is over; both in epoch seconds, a day's without regard to closed days. */
export function endOf(ts: number, interval: string): number {
  const [, count = "1", unit = ""] = /^(\d+)(\w+)$/.exec(interval) ?? [];
  const months = MONTHS[unit];
  if (months === undefined) return ts + Number(count) * (SECONDS[unit] ?? 0);
  const start = new Date(ts * 1000);
  return start.setUTCMonth(start.getUTCMonth() + Number(count) * months) / 1000;
}

const UNITS: Record<string, string> = {
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
  mo: "month",
  q: "quarter",
  y: "year",
};

/** How long bars of `interval` are, in words: `30-minute`, `1-day`. */
export function lengthOf(interval: string): string {
  const [, count = "1", unit = ""] = /^(\d+)(\w+)$/.exec(interval) ?? [];
  return `${count}-${UNITS[unit] ?? unit}`;
}

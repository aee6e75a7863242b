/**
 * Wall-clock seconds for charts, which know no zones: an instant becomes the seconds that read, taken for UTC, as the
 * exchange's own clock. Labels and day boundaries then fall where the exchange's day begins.
 */

const QUARTER = 900;

function offset(format: Intl.DateTimeFormat, ts: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(new Date(ts * 1000))) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - Math.floor(ts);
}

/**
 * `ts` (epoch seconds, ascending) on the clock of `zone`, strictly ascending. Where a clock is set back, the repeated
 * hour follows second by second on the one before it, for a chart takes no time twice.
 */
export function wallSeconds(ts: readonly number[], zone: string): number[] {
  if (zone === "UTC") return [...ts];
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  // A zone's offset changes on a quarter hour only: one look for each quarter of an hour that has bars.
  const byQuarter = new Map<number, number>();
  let last = Number.NEGATIVE_INFINITY;
  return ts.map((at) => {
    const quarter = Math.floor(at / QUARTER);
    let shift = byQuarter.get(quarter);
    if (shift === undefined) {
      shift = offset(format, at);
      byQuarter.set(quarter, shift);
    }
    last = Math.max(at + shift, last + 1);
    return last;
  });
}

import type { Quote } from "../../api/desk";
import * as format from "../../lib/format";

type Told = Pick<Quote, "symbol" | "change_pct" | "freshness" | "ts">;

/** `11 of 20 rose; VOLT most, +2.10 %. TIDE fell most, −1.30 %. 2 stale prices left out`; dates are those of `zone`. */
export function headline(quotes: readonly Told[], zone: string): string {
  if (quotes.length === 0) return "No prices yet";
  // What is stale did not move today.
  const fresh = quotes.filter(({ freshness }) => freshness !== "stale");
  if (fresh.length === 0) return age(quotes, zone);
  const stale = quotes.length - fresh.length;
  const left = stale === 0 ? "" : `. ${stale} stale ${stale === 1 ? "price" : "prices"} left out`;
  return `${moves(fresh)}${left}`;
}

function moves(quotes: readonly Told[]): string {
  const moved = quotes.filter(({ change_pct }) => change_pct !== null);
  const [first, ...rest] = [...moved].sort((a, b) => (b.change_pct ?? 0) - (a.change_pct ?? 0));
  if (!first) return "No closes yet to compare the prices with";
  const last = rest.at(-1) ?? first;
  const rose = moved.filter(({ change_pct }) => (change_pct ?? 0) > 0).length;
  if (moved.length === 1) return `${first.symbol} ${format.percentUnit(first.change_pct)}`;
  const up = rose > 0 ? `; ${first.symbol} most, ${format.percentUnit(first.change_pct)}` : "";
  const fell = (last.change_pct ?? 0) < 0;
  const down = fell ? `. ${last.symbol} fell most, ${format.percentUnit(last.change_pct)}` : "";
  return `${rose === moved.length ? `All ${rose}` : `${rose} of ${moved.length}`} rose${up}${down}`;
}

/** Which day the newest of stale prices are from. */
function age(quotes: readonly Told[], zone: string): string {
  const days = quotes.map(({ ts }) => format.tradeDay(ts));
  const newest = format.day(new Date(Math.max(...days.map(Number))), zone);
  const same = days.every((each) => format.day(each, zone) === newest);
  return same ? `Prices are from ${newest}` : `The newest prices are from ${newest}`;
}

import type { Quote } from "../../api/desk";
import * as format from "../../lib/format";

/** `11 of 20 rose; most of all VOLT, +2.10 %. TIDE fell most, −1.30 %.` */
export function headline(quotes: readonly Pick<Quote, "symbol" | "change_pct" | "freshness">[]): string {
  // What is stale did not move today.
  const moved = quotes.filter(({ change_pct, freshness }) => change_pct !== null && freshness !== "stale");
  const [first, ...rest] = [...moved].sort((a, b) => (b.change_pct ?? 0) - (a.change_pct ?? 0));
  if (!first) return "No prices yet";
  const last = rest.at(-1) ?? first;
  const rose = moved.filter(({ change_pct }) => (change_pct ?? 0) > 0).length;
  if (moved.length === 1) return `${first.symbol} ${format.percentUnit(first.change_pct)}`;
  const up = rose > 0 ? `; ${first.symbol} most, ${format.percentUnit(first.change_pct)}` : "";
  const down = rose < moved.length ? `. ${last.symbol} did worst, ${format.percentUnit(last.change_pct)}` : "";
  return `${rose === moved.length ? `All ${rose}` : `${rose} of ${moved.length}`} rose${up}${down}`;
}

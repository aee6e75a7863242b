import { percentUnit } from "../../lib/format";

/** `ZANTU rose most, +33.46 %; QUORB rose least, +1.11 %`; what fell is said to have fallen. */
export function verdict(statistics: readonly { symbol: string; change_pct: number | null }[]): string {
  const known = statistics.flatMap(({ symbol, change_pct }) => (change_pct === null ? [] : [{ symbol, change_pct }]));
  const [first, ...rest] = known.sort((a, b) => b.change_pct - a.change_pct);
  const last = rest.at(-1);
  if (!first || !last) return "Compare";
  const best = first.change_pct <= 0 ? "fell least" : "rose most";
  const worst = last.change_pct < 0 ? "fell most" : "rose least";
  return `${first.symbol} ${best}, ${percentUnit(first.change_pct)}; ${last.symbol} ${worst}, ${percentUnit(last.change_pct)}`;
}

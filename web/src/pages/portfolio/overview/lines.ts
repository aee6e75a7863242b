/** A portfolio's history as the lines of a chart: its value and what was put in, its return, or its falls. */

import type { ValueHistory } from "../../../api/desk";
import type { Lines } from "../../../charts/LinesPlot";
import * as format from "../../../lib/format";

export const LOOKS = ["value", "return", "drawdown"] as const;
export type Look = (typeof LOOKS)[number];

export const LOOK_NAMES: Record<Look, string> = { value: "Value", return: "Return", drawdown: "Drawdown" };

/** An amount in the place of which dots stand, for a reader who is not alone. */
const HIDDEN = "•••";

const PERCENT = { decimals: 2, show: (value: number) => format.percentUnit(value) } as const;

export function linesOf(history: ValueHistory, look: Look, benchmark: string | null, hidden: boolean): Lines {
  const common = {
    ts: history.days.map((day) => Date.parse(day) / 1000),
    interval: "1d",
    zone: "UTC",
    kind: "lines",
    log: false,
  } as const;
  if (look === "return") {
    const values = inPercent(history.index, -1);
    return { ...common, ...PERCENT, level: 0, series: [{ symbol: "Return", colour: 1, values, shape: "gapped" }] };
  }
  if (look === "drawdown") {
    const values = inPercent(history.drawdown, 0);
    return { ...common, ...PERCENT, level: 0, series: [{ symbol: "Drawdown", colour: 1, values, shape: "gapped" }] };
  }
  const compared = history.benchmark
    ? [{ symbol: benchmark ?? "Benchmark", colour: 3, values: history.benchmark, shape: "gapped" as const }]
    : [];
  return {
    ...common,
    decimals: 2,
    show: (value) => (hidden ? HIDDEN : format.price(value, Math.abs(value) < 1000 ? 2 : 0)),
    level: null,
    series: [
      { symbol: "Value", colour: 1, values: history.value, shape: "area" },
      { symbol: "Invested", colour: 2, values: history.invested, shape: "step" },
      ...compared,
    ],
  };
}

function inPercent(values: readonly (number | null)[], plus: number): (number | null)[] {
  return values.map((value) => (value === null ? null : (value + plus) * 100));
}

interface At {
  value: number;
  day: string;
}

/** What the chart shows, for those who do not see it. */
export function summaryOf(history: ValueHistory, lines: Lines): string {
  const [first] = lines.series;
  const known = (first?.values ?? []).flatMap((value, index): At[] =>
    value === null ? [] : [{ value, day: history.days[index] ?? "" }],
  );
  const [begin, end] = [known[0], known.at(-1)];
  if (!first || !begin || !end) return `No ${first?.symbol.toLowerCase() ?? "value"} is known in this stretch.`;
  const best = known.reduce((most, each) => (each.value > most.value ? each : most));
  const worst = known.reduce((least, each) => (each.value < least.value ? each : least));
  const from = `${lines.show(begin.value)} on ${format.day(begin.day)}`;
  const to = `${lines.show(end.value)} on ${format.day(end.day)}`;
  const extremes = `highest ${lines.show(best.value)} on ${format.day(best.day)}, lowest ${lines.show(worst.value)} on ${format.day(worst.day)}`;
  return [`${first.symbol} from ${from} to ${to}; ${extremes}.`, gapsOf(history)].filter(Boolean).join(" ");
}

const NAMED = 3;

/** Days whose value is not known, and for want of what. */
export function gapsOf({ gaps, total_gaps }: Pick<ValueHistory, "gaps" | "total_gaps">): string | null {
  const newest = gaps.at(-1);
  if (!newest) return null;
  const lacking = [...new Set(newest.without)];
  const without = lacking.slice(0, NAMED).join(", ");
  const more = lacking.length - NAMED;
  const others = more > 0 ? ` and ${format.counted(more, "other")}` : "";
  return `The value of ${format.counted(total_gaps, "day")} is not known, the last ${format.day(newest.day)}, for want of a price of ${without}${others}.`;
}

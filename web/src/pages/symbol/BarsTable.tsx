import type { Bars } from "../../api/desk";
import { type Column, Table } from "../../components/Table";
import * as format from "../../lib/format";
import { indicatorOf } from "../../lib/indicators";
import { isIntraday } from "../../lib/interval";

/** Exactly the bars of the chart, newest first. */
export function BarsTable({ answer }: { answer: Bars }) {
  const { bars, symbol, interval, adjust, zone, currency } = answer;
  const clock = isIntraday(interval) ? `, ${format.zoneName(zone)}` : "";
  const newestFirst = bars.ts.map((_, index) => bars.ts.length - 1 - index);
  return (
    <Table
      caption={`Bars of ${symbol}, ${interval}, ${adjust} prices${currency ? ` in ${currency}` : ""}${clock}`}
      captioned
      columns={[...columnsOf(answer), ...indicatorColumns(answer)]}
      rows={newestFirst}
      keyOf={(index) => bars.ts[index] ?? index}
      file={`${symbol}-${interval}-${adjust}`.replaceAll(/[^\w.-]/g, "_")}
      pageSize="window"
    />
  );
}

function columnsOf({ bars, interval, zone, decimals }: Bars): Column<number>[] {
  const intraday = isIntraday(interval);
  const price = (title: string, values: readonly (number | null)[]): Column<number> => ({
    title,
    number: true,
    show: (index) => format.price(values[index], decimals),
    cell: (index) => values[index],
  });
  return [
    {
      title: intraday ? "Time" : "Date",
      show: (index) => format.barTime(bars.ts[index] ?? 0, zone, intraday),
      cell: (index) =>
        new Date((bars.ts[index] ?? 0) * 1000)
          .toISOString()
          .slice(0, intraday ? 19 : 10)
          .concat(intraday ? "Z" : ""),
    },
    price("Open", bars.open),
    price("High", bars.high),
    price("Low", bars.low),
    price("Close", bars.close),
    {
      title: "Volume",
      number: true,
      show: (index) => format.whole(bars.volume[index]),
      cell: (index) => bars.volume[index],
    },
  ];
}

function indicatorColumns({ indicators, decimals }: Bars): Column<number>[] {
  return Object.entries(indicators).flatMap(([key, lines]) =>
    Object.entries(lines).map(([name, values]) => ({
      title: Object.keys(lines).length === 1 ? titleOf(key) : `${titleOf(key)} ${name}`,
      number: true,
      show: (index: number) => format.indicator(values[index], indicatorOf(key)?.unit ?? "figure", decimals),
      cell: (index: number) => values[index],
    })),
  );
}

function titleOf(key: string): string {
  return indicatorOf(key)?.title ?? key;
}

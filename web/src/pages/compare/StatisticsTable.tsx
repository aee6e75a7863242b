import { Link } from "react-router";
import type { Comparison } from "../../api/desk";
import { Move } from "../../components/Move";
import { type Column, Table } from "../../components/Table";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { isIntraday, lengthOf } from "../../lib/interval";
import styles from "./StatisticsTable.module.css";
import { present } from "./views";

type Row = Comparison["statistics"][number];

/** The range in figures, one row per symbol. */
export function StatisticsTable({ comparison }: { comparison: Comparison }) {
  const { interval } = comparison;
  const here = new Set(present(comparison));
  const [measure] = here;
  const statistics = comparison.statistics.filter(({ symbol }) => here.has(symbol));
  const decimals = Math.max(2, ...statistics.map((row) => row.decimals));
  const bars = `${lengthOf(interval)} bars`;
  const currencies = [...new Set(statistics.map(({ currency }) => currency))];
  // One currency stands in the headings; several in a column of their own.
  const [currency] = currencies.length === 1 ? currencies : [];
  const price = (title: string, key: "first" | "last" | "high" | "low"): Column<Row> => ({
    title,
    ...(currency && { unit: currency }),
    number: true,
    // Fewer decimals than the column's most: the points still stand in one line.
    show: (row) => (
      <span style={{ marginInlineEnd: `${decimals - row.decimals}ch` }}>{format.price(row[key], row.decimals)}</span>
    ),
    cell: (row) => row[key],
  });
  const currencyColumn: Column<Row> = {
    title: "Currency",
    show: (row) => row.currency ?? format.NONE,
    cell: (row) => row.currency,
  };
  const columns: Column<Row>[] = [
    {
      title: "Symbol",
      show: ({ symbol }) => <Link to={symbolPath(symbol)}>{symbol}</Link>,
      cell: ({ symbol }) => symbol,
    },
    {
      title: "Change",
      unit: "%",
      number: true,
      show: ({ change_pct }) => <Move value={change_pct} text={format.percent(change_pct)} arrow />,
      cell: ({ change_pct }) => change_pct,
    },
    ...(currencies.length > 1 ? [currencyColumn] : []),
    price("First", "first"),
    price("Last", "last"),
    price("High", "high"),
    price("Low", "low"),
    {
      title: "Volatility",
      unit: `a year, ${bars}`,
      number: true,
      show: (row) => format.share(row.volatility),
      cell: (row) => row.volatility,
    },
    {
      title: "Deepest fall",
      number: true,
      show: (row) => format.share(row.max_drawdown),
      cell: (row) => row.max_drawdown,
    },
    {
      title: "Volume",
      unit: `a ${lengthOf(interval)} bar`,
      number: true,
      show: (row) => format.compact(row.average_volume),
      cell: (row) => row.average_volume,
    },
    {
      title: "Beta",
      unit: `to ${measure ?? "none"}, ${bars}`,
      number: true,
      show: (row) => format.figure(row.beta),
      cell: (row) => row.beta,
    },
    // Last, and cut where it is long: the figures are what the table is for.
    {
      title: "Name",
      show: ({ name }) => (
        <span className={styles.name} title={name ?? undefined}>
          {name}
        </span>
      ),
      cell: ({ name }) => name,
    },
  ];
  return (
    <section>
      <h2>
        Statistics <span>{stretchOf(comparison)}</span>
      </h2>
      <Table
        caption="Statistics of the range"
        columns={columns}
        rows={statistics}
        keyOf={({ symbol }) => symbol}
        file="statistics"
      />
    </section>
  );
}

/** The stretch that all have in common. */
function stretchOf({ common_start, common_end, interval }: Comparison): string {
  if (!common_start || !common_end) return "";
  const [from, to] = [common_start, common_end].map((at) =>
    format.barTime(Date.parse(at) / 1000, format.READERS_ZONE, isIntraday(interval)),
  );
  return `from ${from} to ${to}`;
}

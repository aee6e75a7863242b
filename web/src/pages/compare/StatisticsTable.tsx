import { Link } from "react-router";
import type { Comparison } from "../../api/desk";
import { Move } from "../../components/Move";
import { type Column, Table } from "../../components/Table";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";

type Row = Comparison["statistics"][number];

/** The range in figures, one row per symbol. */
export function StatisticsTable({ comparison }: { comparison: Comparison }) {
  const decimals = Math.max(...comparison.statistics.map((row) => row.decimals));
  const price = (title: string, key: "first" | "last" | "high" | "low"): Column<Row> => ({
    title,
    number: true,
    // Fewer decimals than the column's most: the points still stand in one line.
    show: (row) => (
      <span style={{ marginInlineEnd: `${decimals - row.decimals}ch` }}>{format.price(row[key], row.decimals)}</span>
    ),
    cell: (row) => row[key],
  });
  const columns: Column<Row>[] = [
    {
      title: "Symbol",
      show: ({ symbol }) => <Link to={symbolPath(symbol)}>{symbol}</Link>,
      cell: ({ symbol }) => symbol,
    },
    { title: "Name", show: ({ name }) => name, cell: ({ name }) => name },
    price("First", "first"),
    price("Last", "last"),
    {
      title: "Change",
      unit: "%",
      number: true,
      show: ({ change_pct }) => <Move value={change_pct} text={format.percent(change_pct)} arrow />,
      cell: ({ change_pct }) => change_pct,
    },
    price("High", "high"),
    price("Low", "low"),
    {
      title: "Volatility",
      unit: "a year",
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
      unit: "a bar",
      number: true,
      show: (row) => format.compact(row.average_volume),
      cell: (row) => row.average_volume,
    },
    {
      title: "Beta",
      unit: `to ${comparison.symbols[0]}`,
      number: true,
      show: (row) => format.figure(row.beta),
      cell: (row) => row.beta,
    },
  ];
  return (
    <section>
      <h2>Statistics</h2>
      <Table
        caption="Statistics of the range"
        columns={columns}
        rows={comparison.statistics}
        keyOf={({ symbol }) => symbol}
        file="statistics"
      />
    </section>
  );
}

import type { Comparison } from "../../api/desk";
import { type Column, Table } from "../../components/Table";
import * as format from "../../lib/format";
import { lengthOf } from "../../lib/interval";
import { present } from "./views";

/** How alike the symbols moved: 1 together, 0 unrelated, −1 against each other. */
export function Correlation({ comparison }: { comparison: Comparison }) {
  const { symbols, interval, correlation } = comparison;
  const here = present(comparison);
  const at = (row: string, column: string) => correlation[symbols.indexOf(row)]?.[symbols.indexOf(column)];
  const columns: Column<string>[] = [
    { title: "Symbol", show: (row) => row, cell: (row) => row },
    ...here.map((symbol) => ({
      title: symbol,
      number: true,
      show: (row: string) => format.figure(at(row, symbol)),
      cell: (row: string) => at(row, symbol),
    })),
  ];
  return (
    <section>
      <h2>Correlation of the returns of {lengthOf(interval)} bars</h2>
      <Table caption="Correlation of returns" columns={columns} rows={here} keyOf={(row) => row} file="correlation" />
    </section>
  );
}

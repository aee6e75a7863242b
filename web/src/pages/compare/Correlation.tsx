import { type Column, Table } from "../../components/Table";
import * as format from "../../lib/format";

interface CorrelationProps {
  symbols: readonly string[];
  rows: readonly (readonly (number | null)[])[];
}

/** How alike the symbols moved: 1 together, 0 unrelated, −1 against each other. */
export function Correlation({ symbols, rows }: CorrelationProps) {
  const columns: Column<number>[] = [
    { title: "Symbol", show: (row) => symbols[row], cell: (row) => symbols[row] },
    ...symbols.map((symbol, column) => ({
      title: symbol,
      number: true,
      show: (row: number) => format.figure(rows[row]?.[column]),
      cell: (row: number) => rows[row]?.[column],
    })),
  ];
  return (
    <section>
      <h2>Correlation of returns</h2>
      <Table
        caption="Correlation of returns"
        columns={columns}
        rows={symbols.map((_, index) => index)}
        keyOf={(row) => symbols[row] ?? row}
        file="correlation"
      />
    </section>
  );
}

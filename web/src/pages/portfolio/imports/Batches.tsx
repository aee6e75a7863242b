import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import type { Batch, Portfolio } from "../../../api/desk";
import { batchesQuery } from "../../../api/imports";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/Notice";
import { type Column, Table } from "../../../components/Table";
import * as format from "../../../lib/format";
import { changed, tabPath } from "../address";
import { countsText } from "./choices";
import styles from "./Import.module.css";
import { Left } from "./Left";
import { useUndo } from "./undo";

/** Every import that was not undone; undoing one leaves the portfolio as if it had never been. */
export function Batches({ portfolio }: { portfolio: Portfolio }) {
  const told = useQuery(batchesQuery(portfolio.id));
  const undo = useUndo(portfolio);
  const [params] = useSearchParams();
  if (told.error && !told.data) return <Trouble error={told.error} onRetry={told.refetch} />;
  if (!told.data || told.data.imports.length === 0) return null;
  const left = told.data.imports.find(({ id }) => String(id) === params.get("left"));
  const columns: Column<Batch>[] = [
    {
      title: "File",
      show: ({ id, file }) => <Link to={`${tabPath(portfolio.id, "activity")}?batch=${id}`}>{file}</Link>,
      cell: ({ file }) => file,
    },
    { title: "Read as", show: ({ broker }) => broker || "columns you matched", cell: ({ preset }) => preset },
    { title: "When", show: ({ at }) => format.moment(at), cell: ({ at }) => at },
    { title: "What", show: ({ counts }) => countsText(counts), cell: ({ counts }) => countsText(counts) },
    {
      title: "Not understood",
      show: ({ id, file, counts }) =>
        counts.problems ? (
          <Link
            to={changed(params, { left: String(id) })}
            aria-label={`Read the ${format.counted(counts.problems, "row")} of ${file} that were not understood`}
          >
            {format.counted(counts.problems, "row")}
          </Link>
        ) : null,
    },
    {
      title: "Undo",
      plain: true,
      show: (batch) => (
        <Button look="quiet" flush aria-label={`Undo the import of ${batch.file}`} onClick={() => undo(batch, false)}>
          Undo
        </Button>
      ),
    },
  ];
  return (
    <section className={styles.batches}>
      <h2>Imports</h2>
      <Table caption="Imports" columns={columns} rows={told.data.imports} keyOf={({ id }) => id} cards />
      {left && <Left key={left.id} portfolio={portfolio} batch={left} />}
    </section>
  );
}

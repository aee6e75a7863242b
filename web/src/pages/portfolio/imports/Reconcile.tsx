import { useMutation } from "@tanstack/react-query";
import type { Choices, Portfolio, Reconciled } from "../../../api/desk";
import { reconcile } from "../../../api/imports";
import { Button } from "../../../components/Button";
import { type Column, Table } from "../../../components/Table";
import * as format from "../../../lib/format";
import { whyNot } from "../../../lib/refusal";
import styles from "./Import.module.css";

interface ReconcileProps {
  portfolio: Portfolio;
  upload: string;
  choices: Choices;
}

type Difference = Reconciled["differences"][number];

const units = (title: string, of: (row: Difference) => string): Column<Difference> => ({
  title,
  number: true,
  show: (row) => <span className="amount">{format.exactly(of(row))}</span>,
  cell: of,
});

const COLUMNS: Column<Difference>[] = [
  { title: "What", show: ({ ticker }) => ticker, cell: ({ ticker }) => ticker },
  units("Here", ({ ours }) => ours),
  units("At the broker", ({ theirs }) => theirs),
  units("Missing here", ({ missing }) => missing),
];

/** What is held here against what the file says of holdings. */
export function Reconcile({ portfolio, upload, choices }: ReconcileProps) {
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => reconcile(portfolio.id, upload, choices),
  });
  return (
    <section className={styles.part}>
      <div className={styles.actions}>
        <Button look="quiet" flush disabled={isPending} onClick={() => mutate()}>
          Compare with the broker’s holdings in the file
        </Button>
      </div>
      {error && (
        <p role="alert" className={styles.wrong}>
          {whyNot(error)}
        </p>
      )}
      {data && data.differences.length === 0 && (
        <p role="status">
          {portfolio.name} agrees with {format.counted(data.holdings, "holding")} of the broker on{" "}
          {format.day(data.day)}.
        </p>
      )}
      {data && data.differences.length > 0 && (
        <Table
          caption={`What differs on ${format.day(data.day)}`}
          captioned
          columns={COLUMNS}
          rows={data.differences}
          keyOf={({ name }) => name}
          file={`${portfolio.name} against the broker`}
        />
      )}
    </section>
  );
}

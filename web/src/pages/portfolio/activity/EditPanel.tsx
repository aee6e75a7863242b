/** A transaction to change, or only to look at, once the desk has told it. */

import { useQuery } from "@tanstack/react-query";
import type { Portfolio } from "../../../api/desk";
import { transactionQuery } from "../../../api/portfolios";
import { Trouble } from "../../../components/Notice";
import { Panel } from "../../../components/Panel";
import { Skeleton } from "../../../components/Skeleton";
import { useHiddenAmounts } from "../../../lib/look";
import { formOf } from "./form";
import { TransactionForm } from "./TransactionForm";
import styles from "./TransactionForm.module.css";
import { fieldsOf, titleOf } from "./words";

interface EditProps {
  portfolio: Portfolio;
  number: number;
  back: string;
}

export default function EditPanel({ portfolio, number, back }: EditProps) {
  const told = useQuery(transactionQuery(portfolio.id, number));
  const hidden = useHiddenAmounts();
  if (!told.data) {
    return (
      <Panel title={told.error ? "Not to be had" : "One moment"} back={back}>
        {told.error ? <Trouble error={told.error} onRetry={told.refetch} /> : <Skeleton height={420} />}
      </Panel>
    );
  }
  return (
    <Panel title={titleOf(hidden ? { ...told.data, quantity: "0" } : told.data)} back={back}>
      {portfolio.right === "read" ? (
        <dl className={styles.told}>
          {fieldsOf(told.data, portfolio.accounts).map(({ field, text }) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd className="amount">{text}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <TransactionForm portfolio={portfolio} begin={formOf(told.data)} transaction={told.data} back={back} />
      )}
    </Panel>
  );
}

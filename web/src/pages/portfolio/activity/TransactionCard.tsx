import type { ReactNode } from "react";
import type { Account, Transaction } from "../../../api/desk";
import { Card } from "../../../components/Card";
import styles from "./Activity.module.css";
import { MoneyMoved } from "./MoneyMoved";
import { NoteOf } from "./NoteOf";
import { aboutOf } from "./words";

interface CardProps {
  row: Transaction;
  title: ReactNode;
  accounts: readonly Account[];
  /** What can be done with it, where that is not behind its title. */
  action?: ReactNode;
}

/** A transaction on a phone: what and how much; when, where and at which price; what was noted. */
export function TransactionCard({ row, title, accounts, action }: CardProps) {
  const noted = row.note || row.tags?.length;
  const about = (
    <span key="about" className={styles.about}>
      {aboutOf(row, accounts).map(({ text, amount }) => (
        <span key={text} className={amount ? "amount" : undefined}>
          {text}
        </span>
      ))}
    </span>
  );
  return (
    <>
      <Card title={title} value={<MoneyMoved row={row} named />} facts={[about]} />
      {(noted || action) && (
        <p className={styles.noted}>
          <NoteOf row={row} />
          {action}
        </p>
      )}
    </>
  );
}

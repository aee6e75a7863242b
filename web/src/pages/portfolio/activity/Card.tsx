import type { ReactNode } from "react";
import type { Account, Transaction } from "../../../api/desk";
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
export function Card({ row, title, accounts, action }: CardProps) {
  const noted = row.note || row.tags?.length;
  return (
    <div className={styles.card}>
      <p className={styles.line}>
        {title}
        <MoneyMoved row={row} named />
      </p>
      <p className={styles.about}>
        {aboutOf(row, accounts).map(({ text, amount }) => (
          <span key={text} className={amount ? "amount" : undefined}>
            {text}
          </span>
        ))}
      </p>
      {(noted || action) && (
        <p className={styles.line}>
          <NoteOf row={row} />
          {action}
        </p>
      )}
    </div>
  );
}

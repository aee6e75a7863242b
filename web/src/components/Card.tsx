import type { ReactNode } from "react";
import styles from "./Card.module.css";

interface CardProps {
  title: ReactNode;
  /** What counts most of it. */
  value?: ReactNode;
  /** In small, one after the other. */
  facts?: readonly ReactNode[];
  /** At the end of the facts. */
  children?: ReactNode;
}

/** A row on a phone: what and how much; below, in small, what else is told of it. */
export function Card({ title, value, facts = [], children }: CardProps) {
  const told = facts.filter(Boolean);
  return (
    <div className={styles.card}>
      <div className={styles.line}>
        <span className={styles.title}>{title}</span>
        {value}
      </div>
      {(told.length > 0 || children) && (
        <div className={styles.about}>
          <span className={styles.facts}>{told}</span>
          {children}
        </div>
      )}
    </div>
  );
}

/** What to read where there is nothing to show: what it is, why, and the one thing to do. */

import type { ReactNode } from "react";
import { Problem } from "../api/client";
import { Button } from "./Button";
import styles from "./Notice.module.css";

interface NoticeProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** An error is announced when it appears; an empty state is not. */
  alert?: boolean;
}

export function Notice({ title, children, action, alert = false }: NoticeProps) {
  return (
    <div className={styles.notice} role={alert ? "alert" : undefined}>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

/** A failed question, in the desk's own words, with a way to ask again. */
export function Trouble({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const told = error instanceof Problem ? error : null;
  return (
    <Notice
      alert
      title={told?.title ?? "The page made a mistake"}
      action={<Button onClick={onRetry}>Try again</Button>}
    >
      <p>{told?.detail ?? error.message}</p>
      {told?.remedy && <p>{told.remedy}</p>}
    </Notice>
  );
}

/** What to read where there is nothing to show: what it is, why, and the one thing to do. */

import type { ReactNode } from "react";
import { Problem } from "../api/problem";
import { Button } from "./Button";
import styles from "./Notice.module.css";
import { Words } from "./Words";

interface NoticeProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Whether this is all of the page, and so its heading. */
  whole?: boolean;
  /** An error is announced when it appears; an empty state is not. */
  alert?: boolean;
}

export function Notice({ title, children, action, whole = false, alert = false }: NoticeProps) {
  const Title = whole ? "h1" : "p";
  return (
    <div className={styles.notice} role={alert ? "alert" : undefined}>
      <Title className={styles.title}>{title}</Title>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

interface TroubleProps {
  error: Error;
  onRetry: () => void;
  whole?: boolean;
  /** What else one can do. */
  children?: ReactNode;
}

/** A failed question, in the desk's own words, with a way to ask again. */
export function Trouble({ error, onRetry, whole = false, children }: TroubleProps) {
  const told = error instanceof Problem ? error : null;
  return (
    <Notice
      alert
      whole={whole}
      title={told?.title ?? "The page made a mistake"}
      action={
        <>
          {children}
          <Button onClick={onRetry}>Try again</Button>
        </>
      }
    >
      <p>
        <Words text={told?.detail ?? error.message} />
      </p>
      {told?.remedy && (
        <p>
          <Words text={told.remedy} />
        </p>
      )}
    </Notice>
  );
}

import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { beside } from "../address";
import styles from "./Figure.module.css";

interface FigureProps {
  /** What the desk calls it. */
  why: string;
  /** The instrument that it is of; all of them if left out. */
  of?: string | undefined;
  /** What it is, for those who do not see where it stands. */
  label: string;
  /** Whether the table around it leads to it by arrows. */
  walked?: boolean;
  children: ReactNode;
}

/** A figure that can be asked why it is so. */
export function Figure({ why, of, label, walked = false, children }: FigureProps) {
  const [params] = useSearchParams();
  const open = params.get("why") === why && (params.get("of") ?? undefined) === of;
  return (
    <Link
      to={beside(params, { why, ...(of && { of }) })}
      className={styles.figure}
      title={`${label}: why this number?`}
      aria-current={open ? "true" : undefined}
      tabIndex={walked ? -1 : undefined}
    >
      {children}
      <span className="aside">, {label}: why?</span>
    </Link>
  );
}

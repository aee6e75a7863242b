import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { beside, OF } from "../address";
import { type Asked, askedParams } from "../why/figures";
import styles from "./Figure.module.css";

interface FigureProps extends Asked {
  /** What it is, for those who do not see where it stands. */
  label: string;
  /** Whether the table around it leads to it by arrows. */
  walked?: boolean;
  children: ReactNode;
}

/** A figure that can be asked why it is so. */
export function Figure({ label, walked = false, children, ...asked }: FigureProps) {
  const [params] = useSearchParams();
  const told = askedParams(asked);
  const open = ["why", ...OF].every((name) => (params.get(name) ?? undefined) === told[name]);
  return (
    <Link
      to={beside(params, told)}
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

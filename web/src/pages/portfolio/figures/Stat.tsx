/** The few figures on top of a page, each with its name. */

import type { ReactNode } from "react";
import styles from "./Stat.module.css";

export function Stats({ children }: { children: ReactNode }) {
  return <dl className={styles.stats}>{children}</dl>;
}

interface StatProps {
  name: string;
  unit?: string | undefined;
  large?: boolean;
  /** What stands under the figure in small. */
  beside?: ReactNode;
  children: ReactNode;
}

export function Stat({ name, unit, large, beside, children }: StatProps) {
  return (
    <div className={styles.stat} data-large={large || undefined}>
      <dt>
        {name} {unit && <span className={styles.unit}>{unit}</span>}
      </dt>
      <dd>{children}</dd>
      {beside && <dd className={styles.beside}>{beside}</dd>}
    </div>
  );
}

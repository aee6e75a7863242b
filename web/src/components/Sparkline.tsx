/** The day in 96 by 24 pixels: the closes, and the previous close as a hairline. */

import { memo } from "react";
import * as format from "../lib/format";
import styles from "./Sparkline.module.css";

const WIDTH = 96;
const HEIGHT = 24;
const MARGIN = 2;

interface SparklineProps {
  close: readonly (number | null)[];
  previousClose: number | null;
  /** Whether it is of a day gone by, and so neither a rise nor a fall. */
  past?: boolean;
}

export const Sparkline = memo(function Sparkline({ close, previousClose, past = false }: SparklineProps) {
  const known = close.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined || known.length < 2) return <span className={styles.box} />;
  const all = previousClose === null ? known : [...known, previousClose];
  const low = Math.min(...all);
  const reach = Math.max(...all) - low || 1;
  const y = (value: number) => MARGIN + (1 - (value - low) / reach) * (HEIGHT - 2 * MARGIN);
  const x = (index: number) => (index / (close.length - 1)) * WIDTH;
  const path = close
    .map((value, index) => (value === null ? "" : `${x(index).toFixed(1)},${y(value).toFixed(1)}`))
    .filter(Boolean)
    .join(" ");
  const way = past ? "quiet" : format.moved(last - (previousClose ?? known[0] ?? last));
  return (
    <svg className={styles.box} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {previousClose !== null && <path className={styles.level} d={`M0 ${y(previousClose).toFixed(1)}h${WIDTH}`} />}
      <polyline className={`${styles.line} ${way}`} points={path} />
    </svg>
  );
});

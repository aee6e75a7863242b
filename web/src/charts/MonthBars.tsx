/** Amounts by month: what came in one piece, what is still to come hatched on top of it. */

import * as format from "../lib/format";
import { useRoom } from "../lib/hooks";
import styles from "./MonthBars.module.css";

export interface MonthBar {
  /** `2026-05`. */
  month: string;
  came: number;
  comes: number;
}

interface BarsProps {
  bars: readonly MonthBar[];
  read: number | null;
  onPoint: (index: number | null) => void;
  /** An amount on the axis. */
  show: (value: number) => string;
}

/** The highest bar ends below the amount that stands above it. */
const [WIDTH, HEIGHT, FOOT, TOP] = [1000, 240, 22, 24];

export function MonthBars({ bars, read, onPoint, show }: BarsProps) {
  const most = Math.max(...bars.map(({ came, comes }) => came + comes), 0);
  const least = Math.min(...bars.map(({ came }) => came), 0);
  const reach = most - least || 1;
  const y = (value: number) => TOP + ((most - value) / reach) * (HEIGHT - FOOT - TOP);
  const step = WIDTH / Math.max(1, bars.length);
  const [wide, left] = [Math.min(44, step * 0.7), (width: number) => (step - width) / 2];
  const named = Math.ceil(bars.length / (useRoom().phone ? 4 : 12));
  return (
    <div className={styles.bars}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <defs>
          <pattern id="to-come" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0v6" stroke="var(--line-1)" strokeWidth="3" />
          </pattern>
        </defs>
        <path className={styles.ground} d={`M0 ${y(0)}h${WIDTH}`} />
        {bars.map(({ month, came, comes }, index) => (
          <g key={month} data-read={read === index || undefined} onPointerEnter={() => onPoint(index)}>
            <rect className={styles.place} x={index * step} width={step} y={0} height={HEIGHT - FOOT} />
            <rect
              className={styles.came}
              x={index * step + left(wide)}
              width={wide}
              y={Math.min(y(0), y(came))}
              height={Math.abs(y(came) - y(0))}
            />
            {comes > 0 && (
              <rect
                fill="url(#to-come)"
                x={index * step + left(wide)}
                width={wide}
                y={y(Math.max(0, came) + comes)}
                height={y(0) - y(comes)}
              />
            )}
          </g>
        ))}
      </svg>
      <span className={styles.most}>
        <span className="amount">{show(most)}</span>
      </span>
      <ol className={styles.months} aria-hidden="true">
        {bars.map(({ month }, index) => (
          <li key={month}>{index % named === 0 && format.month(`${month}-01`)}</li>
        ))}
      </ol>
    </div>
  );
}

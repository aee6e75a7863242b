/** A whole and its slices: the largest begin at noon; what stands in the middle says which one is read. */

import type { ReactNode } from "react";
import styles from "./Donut.module.css";

export interface Slice {
  key: string;
  label: string;
  /** Of the whole, from 0 to 1. */
  share: number;
  /** The number of its colour; 0: the quiet one of what is many or unknown. */
  colour: number;
}

interface DonutProps {
  slices: readonly Slice[];
  read: number | null;
  onPoint: (index: number | null) => void;
  onOpen: ((index: number) => void) | undefined;
  children: ReactNode;
}

const [SIZE, OUTER, INNER] = [240, 116, 74];

export function Donut({ slices, read, onPoint, onOpen, children }: DonutProps) {
  const total = slices.reduce((sum, { share }) => sum + Math.max(0, share), 0) || 1;
  let turned = 0;
  return (
    <div className={styles.donut}>
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
        {slices.map(({ key, share, colour }, index) => {
          const from = turned;
          turned += Math.max(0, share) / total;
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard reads and opens slices on the chart around it
            <path
              key={key}
              d={ring(from, turned)}
              className={styles.slice}
              fillRule="evenodd"
              data-read={read === index || undefined}
              data-opens={onOpen !== undefined || undefined}
              style={{ fill: colour === 0 ? "var(--edge)" : `var(--line-${colour})` }}
              onPointerEnter={() => onPoint(index)}
              onClick={() => onOpen?.(index)}
            />
          );
        })}
      </svg>
      <div className={styles.middle}>{children}</div>
    </div>
  );
}

/** The part of the ring between two turns of the whole. */
function ring(from: number, to: number): string {
  // A slice that is all of it would begin where it ends, and not be drawn.
  if (to - from > 0.9999) return `${circle(OUTER)}${circle(INNER)}`;
  const far = to - from > 0.5 ? 1 : 0;
  const [a, b, c, d] = [at(from, OUTER), at(to, OUTER), at(to, INNER), at(from, INNER)];
  return `M${a}A${OUTER} ${OUTER} 0 ${far} 1 ${b}L${c}A${INNER} ${INNER} 0 ${far} 0 ${d}Z`;
}

function circle(radius: number): string {
  const [top, foot] = [at(0, radius), at(0.5, radius)];
  return `M${top}A${radius} ${radius} 0 1 1 ${foot}A${radius} ${radius} 0 1 1 ${top}Z`;
}

function at(turn: number, radius: number): string {
  const angle = 2 * Math.PI * turn;
  return `${(SIZE / 2 + radius * Math.sin(angle)).toFixed(2)} ${(SIZE / 2 - radius * Math.cos(angle)).toFixed(2)}`;
}

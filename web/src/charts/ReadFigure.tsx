/** Around a chart that we draw ourselves: read part by part with the arrows, opened with Enter, told in a sentence. */

import { type KeyboardEvent, type ReactNode, useState } from "react";
import styles from "./ReadFigure.module.css";

interface ReadProps {
  label: string;
  /** What it all comes to, in a sentence. */
  summary: ReactNode;
  /** How many parts there are to read. */
  count: number;
  /** A part as a sentence. */
  spoken: (index: number) => string;
  /** What Enter or a click does with the part that is read. */
  onOpen?: (index: number) => void;
  /** Draws the parts; `read` is the one that is read, and `point` tells which one the pointer is on. */
  children: (read: number | null, point: (index: number | null) => void) => ReactNode;
}

export function ReadFigure({ label, summary, count, spoken, onOpen, children }: ReadProps) {
  const [index, setIndex] = useState<number | null>(null);
  const [said, say] = useState("");
  const read = index !== null && index < count ? index : null;
  const go = (to: number) => {
    const next = Math.min(count - 1, Math.max(0, to));
    setIndex(next);
    say(spoken(next));
  };
  const press = (event: KeyboardEvent) => {
    if (count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && read !== null && onOpen) onOpen(read);
    else if (event.key === "ArrowRight" || event.key === "ArrowDown") go(read === null ? 0 : read + 1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") go(read === null ? count - 1 : read - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(count - 1);
    else return;
    event.preventDefault();
  };
  return (
    <figure className={styles.figure}>
      <div
        className={styles.host}
        role="application"
        aria-roledescription="chart"
        aria-label={`${label}. Arrow keys read part by part${onOpen ? ", Enter opens one" : ""}.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is worked by keyboard
        tabIndex={0}
        onKeyDown={press}
        onPointerLeave={() => setIndex(null)}
      >
        {children(read, setIndex)}
      </div>
      <p className="aside" aria-live="polite">
        {said}
      </p>
      <figcaption className={styles.summary}>{summary}</figcaption>
    </figure>
  );
}

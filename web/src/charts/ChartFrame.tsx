/** Around every chart: its legend, its keyboard, what a screen reader hears, and its one-sentence summary. */

import { type KeyboardEvent, type ReactNode, type RefObject, useState } from "react";
import styles from "./ChartFrame.module.css";
import type { Stage } from "./Stage";

interface ChartFrameProps {
  label: string;
  summary: string;
  /** The currency and the clock of the figures, told once. */
  measures: string;
  legend: ReactNode;
  host: RefObject<HTMLDivElement | null>;
  stage: RefObject<{ stage: Stage } | null>;
  /** How many bars there are, and which one is read; null: the last. */
  count: number;
  index: number | null;
  onIndex: (index: number) => void;
  /** What lies over the chart. */
  over?: ReactNode;
  /** The bar at an index as a sentence; said for the keyboard only, for a pointer would never stop talking. */
  spoken: (index: number) => string;
  height: string;
}

export function ChartFrame(props: ChartFrameProps) {
  const { label, summary, measures, legend, host, stage, count, index, onIndex, over, spoken, height } = props;
  const [said, say] = useState("");
  const read = (to: number) => {
    onIndex(to);
    say(spoken(to));
  };
  const press = (event: KeyboardEvent) => {
    const act = actionOf(event, { count, index, read, stage: stage.current?.stage ?? null });
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <figure className={styles.figure}>
      <div className={styles.legend}>{legend}</div>
      <div className={styles.place}>
        <div
          ref={host}
          className={styles.host}
          style={{ height }}
          role="application"
          aria-roledescription="chart"
          aria-label={`${label}. Arrow keys read bar by bar, plus and minus zoom.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is worked by keyboard
          tabIndex={0}
          onKeyDown={press}
        />
        {over}
      </div>
      <p className="aside" aria-live="polite">
        {said}
      </p>
      <p className={styles.measures}>
        {measures && `${measures} · `}
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          Charts by TradingView
        </a>
      </p>
      <figcaption className={styles.caption}>{summary}</figcaption>
    </figure>
  );
}

interface Reading {
  count: number;
  index: number | null;
  read: (index: number) => void;
  stage: Stage | null;
}

const CLOSER = 1 / 1.5;

function actionOf({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, reading: Reading): (() => void) | null {
  const { count, index, stage } = reading;
  if (!stage || count === 0 || ctrlKey || metaKey || altKey) return null;
  const last = count - 1;
  const at = index ?? last;
  const read = (to: number) => () => reading.read(Math.min(last, Math.max(0, to)));
  if (key === "ArrowLeft") return shiftKey ? () => stage.stride(-1) : read(index === null ? last : at - 1);
  if (key === "ArrowRight") return shiftKey ? () => stage.stride(1) : read(at + 1);
  if (key === "Home") return read(0);
  if (key === "End") return read(last);
  if (key === "+" || key === "=") return () => stage.zoom(CLOSER, index);
  if (key === "-" || key === "\u2212") return () => stage.zoom(1 / CLOSER, index);
  if (key === "0") return () => stage.fit();
  return null;
}

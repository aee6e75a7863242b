/** Over a chart: levels that are waited for, which can be dragged, and bells at the time axis where alerts fired. */

import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Icon } from "../components/Icon";
import * as format from "../lib/format";
import styles from "./ChartAlerts.module.css";
import { rounded, type Spot, stepOf } from "./levels";
import type { PricePlot } from "./PricePlot";
import { apart } from "./ticks";

export interface Level {
  id: number;
  name: string;
  price: number;
}

interface ChartAlertsProps {
  box: RefObject<HTMLDivElement | null>;
  plot: RefObject<PricePlot | null>;
  levels: readonly Level[];
  fired: readonly Spot[];
  tried: readonly Spot[];
  decimals: number;
  /** Null: the reader may not move levels. */
  onMove: ((id: number, price: number) => void) | null;
}

export function ChartAlerts({ box, plot, levels, fired, tried, decimals, onMove }: ChartAlertsProps) {
  useLayoutEffect(() => place(box.current, plot.current));
  return (
    <div ref={box} className={styles.box}>
      {fired.map(({ index, texts }) => (
        <span
          key={`fired ${index}`}
          className={styles.fired}
          data-bar={index}
          title={texts.join("\n")}
          aria-hidden="true"
        >
          <Icon name="bell" size={14} />
        </span>
      ))}
      {tried.map(({ index, texts }) => (
        <span
          key={`tried ${index}`}
          className={styles.tried}
          data-bar={index}
          title={texts.join("\n")}
          aria-hidden="true"
        />
      ))}
      {levels.map((level) =>
        onMove ? (
          <LevelLine key={level.id} plot={plot} level={level} decimals={decimals} onMove={onMove} />
        ) : (
          <FixedLine key={level.id} level={level} decimals={decimals} />
        ),
      )}
    </div>
  );
}

/** Half the height of a level's label in pixels, and from one label to the next beside it. */
const [HALF_CHIP, ASIDE] = [12, 96];

/** Half a bell's width, and how far above the foot of the prices its top is. */
const [HALF_BELL, BELL_ABOVE] = [7, 20];

/** Puts what stands in `box` where the chart has it: lines at their price, bells at their bar. */
export function place(box: HTMLElement | null, plot: PricePlot | null): void {
  if (!box || !plot) return;
  const { width, height } = plot.pane;
  box.style.width = `${width}px`;
  const words = plot.wordsAt;
  const beyond = { above: 0, below: 0 };
  const within: { line: HTMLElement; y: number }[] = [];
  for (const line of box.querySelectorAll<HTMLElement>("[data-price]")) {
    const y = plot.yOf(Number(line.dataset.price));
    line.hidden = y === null;
    if (y === null) continue;
    // Those beyond what is seen wait side by side at the edge, where they can still be read and moved.
    const seen = Math.min(Math.max(y, 0), height);
    const aside = seen === y ? 0 : beyond[y < 0 ? "above" : "below"]++;
    line.toggleAttribute("data-beyond", seen !== y);
    line.style.transform = `translateY(${seen}px)`;
    line.toggleAttribute("data-short", words !== null && Math.abs(words - seen) < HALF_CHIP);
    line.style.setProperty("--nudge", `${y < 0 ? HALF_CHIP : -HALF_CHIP}px`);
    line.style.setProperty("--aside", `${aside * ASIDE}px`);
    if (seen === y) within.push({ line, y });
  }
  // The others keep clear of those that wait at the edges.
  const [top, bottom] = [beyond.above, beyond.below].map((count) => (count > 0 ? 2 * HALF_CHIP : 0)) as [
    number,
    number,
  ];
  const shifted = within.map(({ y }) => y - top);
  const places = apart(shifted, 2 * HALF_CHIP, height - top - bottom);
  within.forEach(({ line, y }, index) => {
    line.style.setProperty("--nudge", `${(places[index] ?? 0) + top - y}px`);
  });
  for (const mark of box.querySelectorAll<HTMLElement>("[data-bar]")) {
    const x = plot.xOf(Number(mark.dataset.bar));
    mark.hidden = x === null || x < 0 || x > width;
    // At the foot of the prices, and whole at either edge.
    if (x === null) continue;
    const whole = Math.min(Math.max(x, HALF_BELL), width - HALF_BELL);
    mark.style.transform = `translate(${whole}px, ${height - BELL_ABOVE}px)`;
  }
}

function FixedLine({ level: { name, price }, decimals }: Pick<LevelLineProps, "level" | "decimals">) {
  return (
    <div className={styles.line} data-price={price} data-fixed role="img" aria-label={`Alert ${name}`} title={name}>
      <span className={styles.chip}>
        <Icon name="bell" size={14} /> {format.price(price, decimals)}
      </span>
    </div>
  );
}

/** How long after the last key a level that was moved by keys is told to the desk. */
const SETTLED_MS = 900;

interface LevelLineProps {
  plot: RefObject<PricePlot | null>;
  level: Level;
  decimals: number;
  onMove: (id: number, price: number) => void;
}

function LevelLine({ plot, level: { id, name, price }, decimals, onMove }: LevelLineProps) {
  /** Where it is drawn while it is moved, and from then on until it is known to be there. */
  const [moving, setMoving] = useState<number | null>(null);
  const [known, setKnown] = useState(price);
  if (known !== price) {
    setKnown(price);
    setMoving(null);
  }
  /** Where it is being moved to by now: what is drawn may be an event behind. */
  const target = useRef<number | null>(null);
  /** Where in the window the pointer took it, and where on the chart it was then. */
  const grip = useRef<{ y: number; from: number } | null>(null);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const shown = moving ?? price;
  const step = () => stepOf(plot.current?.pane.step ?? 0, decimals);
  const move = (to: number | null) => {
    target.current = to;
    setMoving(to);
  };
  const leave = () => {
    window.clearTimeout(timer.current);
    grip.current = null;
    move(null);
  };
  const commit = () => {
    const to = target.current;
    leave();
    if (to === null || to === price) return;
    setMoving(to);
    onMove(id, to);
  };
  const press = (event: KeyboardEvent) => {
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Escape" && target.current !== null) leave();
    else if (event.key === "Enter") commit();
    else if (steps !== undefined) {
      move(rounded((target.current ?? price) + steps * step(), step()));
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(commit, SETTLED_MS);
    } else return;
    event.preventDefault();
  };
  const take = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    const from = plot.current?.yOf(price);
    if (from == null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { y: event.clientY, from: Math.min(Math.max(from, 0), plot.current?.pane.height ?? from) };
  };
  const drag = (event: PointerEvent) => {
    if (!grip.current) return;
    const moved = event.clientY - grip.current.y;
    const to = plot.current?.priceAt(grip.current.from + moved);
    if (to != null && (target.current !== null || Math.abs(moved) > 2)) move(rounded(to, step()));
  };
  return (
    <div
      className={styles.line}
      data-price={shown}
      data-moving={moving !== null || undefined}
      role="slider"
      tabIndex={0}
      aria-label={`Alert ${name}, drag or use the arrow keys`}
      aria-orientation="vertical"
      aria-valuenow={shown}
      aria-valuetext={format.price(shown, decimals)}
      title={name}
      onKeyDown={press}
      onBlur={commit}
      onPointerDown={take}
      onPointerMove={drag}
      onPointerUp={commit}
      onPointerCancel={leave}
    >
      <span className={styles.chip}>
        <Icon name="bell" size={14} /> {format.price(shown, decimals)}
      </span>
    </div>
  );
}

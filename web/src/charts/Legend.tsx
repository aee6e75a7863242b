import type { Bars } from "../api/desk";
import { Move } from "../components/Move";
import * as format from "../lib/format";
import { indicatorOf, lineNumber } from "../lib/indicators";
import { isIntraday } from "../lib/interval";
import { marksOf } from "./columns";
import styles from "./Legend.module.css";

interface LegendProps {
  answer: Bars;
  index: number;
  /** What happened in that bar. */
  told: readonly string[];
}

/** The bar under the crosshair in figures, and the indicators with their colours. */
export function Legend({ answer, index, told }: LegendProps) {
  const { bars, zone, interval, decimals, indicators, actions } = answer;
  const ts = bars.ts[index];
  if (ts === undefined) return null;
  const intraday = isIntraday(interval);
  const close = bars.close[index];
  const before = bars.close[index - 1];
  const moved = close != null && before ? (close / before - 1) * 100 : null;
  const mark = marksOf(bars.ts, actions, intraday).find((each) => each.index === index);
  return (
    <>
      <div className={styles.line}>
        <span className={styles.time}>
          {interval === "1w" && "Week of "}
          {format.barTime(ts, zone, intraday)}
        </span>
        {(["open", "high", "low", "close"] as const).map(
          (name) =>
            hasAny(bars[name]) && (
              <span key={name}>
                <abbr title={name}>{name[0]?.toUpperCase()}</abbr> {format.price(bars[name][index], decimals)}
              </span>
            ),
        )}
        <Move value={moved} text={format.percentUnit(moved)} />
        {hasAny(bars.volume) && (
          <span>
            <abbr title="volume">Vol</abbr> {format.compact(bars.volume[index])}
          </span>
        )}
        {mark && <span className={styles.mark}>{mark.text}</span>}
        {told.length > 0 && (
          <span className={styles.told} title={told.join("\n")}>
            {told.join("; ")}
          </span>
        )}
      </div>
      {Object.keys(indicators).length > 0 && (
        <div className={styles.line}>
          {Object.entries(indicators).map(([key, lines], place) => (
            <span key={key}>
              <span
                className={styles.swatch}
                style={{ background: `var(--line-${lineNumber(place)})` }}
                aria-hidden="true"
              />
              <abbr>{indicatorOf(key)?.title ?? key}</abbr> {readingOf(lines, key, index, decimals)}
            </span>
          ))}
        </div>
      )}
    </>
  );
}

function hasAny(column: readonly (number | null)[]): boolean {
  return column.some((value) => value !== null);
}

/** One figure, or several with their names: `upper 82.00, middle 76.58, lower 71.16`. */
function readingOf(lines: Bars["indicators"][string], key: string, index: number, decimals: number): string {
  const unit = indicatorOf(key)?.unit ?? "figure";
  const figures = Object.entries(lines).map(([name, line]) => [name, format.indicator(line[index], unit, decimals)]);
  return figures.length === 1 ? (figures[0]?.[1] ?? "") : figures.map((each) => each.join(" ")).join(", ");
}

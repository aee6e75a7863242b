import type { Bars } from "../api/desk";
import { Move } from "../components/Move";
import * as format from "../lib/format";
import { indicatorOf, strokeOf } from "../lib/indicators";
import { isIntraday } from "../lib/interval";
import { marksOf } from "./columns";
import styles from "./Legend.module.css";
import { happenedOn } from "./summary";

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
            {happenedOn(told)}
          </span>
        )}
      </div>
      {Object.keys(indicators).length > 0 && (
        <div className={styles.line}>
          {Object.entries(indicators).map(([key, lines], place) => (
            <span key={key}>
              <abbr>{indicatorOf(key)?.title ?? key}</abbr>{" "}
              {Object.entries(lines).map(([name, line], at, all) => (
                <span key={name}>
                  {(at === 0 || !sameStroke(name, all[at - 1]?.[0] ?? "", place)) && (
                    <Swatch name={name} place={place} />
                  )}
                  {all.length > 1 && `${name} `}
                  {format.indicator(line[index], indicatorOf(key)?.unit ?? "figure", decimals)}
                  {at < all.length - 1 && ", "}
                </span>
              ))}
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

function sameStroke(name: string, other: string, place: number): boolean {
  const [a, b] = [strokeOf(name, place), strokeOf(other, place)];
  return a.colour === b.colour && a.dashed === b.dashed;
}

/** The line as it is drawn on the chart. */
function Swatch({ name, place }: { name: string; place: number }) {
  const { colour, dashed } = strokeOf(name, place);
  const stroke = colour === null ? "bar" : dashed ? "dashed" : "line";
  return (
    <span
      className={styles.swatch}
      data-stroke={stroke}
      style={colour === null ? undefined : { color: `var(--line-${colour})` }}
      aria-hidden="true"
    />
  );
}

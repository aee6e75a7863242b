import { Link } from "react-router";
import { type ChartAddress, inRange, isOwnStretch } from "../../lib/address";
import * as format from "../../lib/format";
import type { To } from "./chartState";
import styles from "./Dated.module.css";

/** Says that the chart shows days of one's own, or what was known in the past, and leads back. */
export function Dated({ address, to }: { address: ChartAddress; to: To }) {
  const { range, asOf } = address;
  return (
    <>
      {isOwnStretch(address) && (
        <p className={styles.line}>
          {daysOf(address)}. <Link to={to(inRange(range))}>Back to {range}</Link>
        </p>
      )}
      {asOf && (
        <p className={`${styles.line} ${styles.past}`} role="status">
          The chart shows what the desk knew on {format.day(asOf)}.{" "}
          <Link to={to({ asOf: null })}>Show the present</Link>
        </p>
      )}
    </>
  );
}

function daysOf({ from, to }: ChartAddress): string {
  if (from && to) return `From ${format.day(from)} to ${format.day(to)}`;
  return from ? `Since ${format.day(from)}` : `Until ${format.day(to)}`;
}

/** How old a price is, and whether that is as it should be. */

import type { Quote } from "../api/desk";
import * as format from "../lib/format";
import styles from "./Freshness.module.css";

export function Freshness({ quote, now }: { quote: Pick<Quote, "freshness" | "ts" | "age_s">; now: number }) {
  const { freshness, ts, age_s } = quote;
  const words = {
    live: `${format.age(age_s)} ago`,
    delayed: `${format.age(age_s)} late`,
    closed: `close ${format.soon(ts, now)}`,
    stale: `stale, ${format.age(age_s)}`,
  };
  return (
    <time className={styles[freshness]} dateTime={ts ?? undefined} title={`${freshness}: as of ${format.moment(ts)}`}>
      {words[freshness]}
    </time>
  );
}

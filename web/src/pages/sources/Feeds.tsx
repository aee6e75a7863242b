import type { Feed } from "../../api/desk";
import { type Column, Table } from "../../components/Table";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { lag, words } from "./feed";
import { CLOCK } from "./Providers";
import styles from "./Providers.module.css";

/** The dot beside a state, as the providers have it. */
const DOTS: Record<Feed["state"], string> = {
  idle: "unused",
  connecting: "unused",
  live: "ok",
  waiting: "unreachable",
  refused: "unreachable",
  failed: "unreachable",
};

/** The streams that tell prices as they are made: whether they are heard, how fast, and what they missed. */
export function Feeds({ feeds }: { feeds: readonly Feed[] }) {
  return (
    <section>
      <h2>Live feeds</h2>
      {feeds.length === 0 ? (
        <p className="quiet">None: no stream is set up, or the desk runs offline.</p>
      ) : (
        <Table caption="Live feeds" columns={COLUMNS} rows={feeds} keyOf={({ name }) => name} />
      )}
    </section>
  );
}

const COLUMNS: Column<Feed>[] = [
  { title: "Feed", show: ({ title }) => <strong>{title}</strong> },
  { title: "State", show: (feed) => <State feed={feed} /> },
  { title: "Last heard", clock: CLOCK, show: ({ last }) => (last ? format.toTheSecond(last) : format.NONE) },
  { title: "Symbols", number: true, show: ({ symbols }) => format.whole(symbols) },
  { title: "Messages", unit: "per second", number: true, show: ({ per_s }) => format.figure(per_s, 1) },
  { title: "Lag", unit: "behind the market", number: true, show: ({ lag_s }) => lag(lag_s) },
  {
    title: "Gaps",
    unit: "healed of all",
    number: true,
    show: ({ gaps, healed }) => (gaps === 0 ? "none" : `${format.whole(healed)} of ${format.whole(gaps)}`),
  },
  { title: "Repeats", unit: "left out", number: true, show: ({ repeated }) => format.whole(repeated) },
  { title: "Set aside", number: true, show: ({ rejects }) => format.whole(rejects) },
];

function State({ feed }: { feed: Feed }) {
  const now = useNow();
  const { said, why } = words(feed, now);
  return (
    <span className={styles.state} data-state={DOTS[feed.state]}>
      {said}
      {why.map((each) => (
        <span key={each} className={styles.detail}>
          {each}
        </span>
      ))}
    </span>
  );
}

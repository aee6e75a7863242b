import { Link } from "react-router";
import type { Fetch } from "../../api/desk";
import { Table } from "../../components/Table";
import { Words } from "../../components/Words";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { nextTry } from "./feed";
import { CLOCK } from "./Providers";
import styles from "./Providers.module.css";

const STATES: Record<Fetch["state"], string> = {
  waiting: "Waiting for its turn",
  running: "Under way",
  done: "Done",
  rate_limited: "The source asks us to wait",
  unknown: "No source knows it",
  imported: "Imported; no source is asked",
  failed: "Failed",
};

function State({ fetch: { state, next_try } }: { fetch: Fetch }) {
  const now = useNow();
  return next_try ? `${STATES[state]}, next try ${nextTry(next_try, now)}` : STATES[state];
}

/** What was asked for, and how far it is. */
export function Fetches({ fetches }: { fetches: readonly Fetch[] }) {
  return (
    <section>
      <h2>Fetches</h2>
      {fetches.length === 0 ? (
        <p className="quiet">None yet. Adding a symbol to the watchlist starts one.</p>
      ) : (
        <Table
          caption="Fetches"
          cards
          pageSize={10}
          rows={fetches}
          keyOf={({ symbol, kind }) => `${symbol} ${kind}`}
          columns={[
            { title: "Symbol", show: ({ symbol }) => <Link to={symbolPath(symbol)}>{symbol}</Link> },
            { title: "What", show: ({ kind }) => kind },
            {
              title: "State",
              show: (fetch) => <State fetch={fetch} />,
            },
            { title: "Rows", number: true, show: ({ rows }) => format.whole(rows) },
            { title: "At", clock: CLOCK, show: ({ at }) => format.moment(at) },
            {
              title: "Detail",
              show: ({ detail }) => <span className={styles.told}>{detail && <Words text={detail} />}</span>,
            },
          ]}
        />
      )}
    </section>
  );
}

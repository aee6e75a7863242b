import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { deliveriesQuery, firingQuery } from "../../api/alerts";
import type { Delivery, Firing } from "../../api/desk";
import { Trouble } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { Skeleton } from "../../components/Skeleton";
import { alertsPath, symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { heldUntil, STATES } from "./delivery";
import styles from "./FiringPanel.module.css";

/** The proof of delivery: by which channel, at which time, with which receipt. */
export function FiringPanel({ number, back }: { number: number; back: string }) {
  const firing = useQuery(firingQuery(number));
  const ways = useQuery(deliveriesQuery(number));
  const may = useMay("owner");
  return (
    <Panel title="What fired, and how it was told" back={back}>
      {firing.isError && <Trouble error={firing.error} onRetry={firing.refetch} />}
      {firing.isPending && <Skeleton height={120} />}
      {firing.data === null && <p>There is no firing {number}.</p>}
      {firing.data && <Facts firing={firing.data} held={heldUntil(firing.data, ways.data?.deliveries)} />}
      {firing.data && ways.isError && <Trouble error={ways.error} onRetry={ways.refetch} />}
      {ways.data && ways.data.deliveries.length > 0 && (
        <h2 className={styles.heading}>
          How it was told <span className="quiet">{format.zoneName(format.READERS_ZONE)}</span>
        </h2>
      )}
      {firing.data && ways.data?.deliveries.map((way) => <Way key={way.key} way={way} />)}
      {firing.data && ways.data?.deliveries.length === 0 && (
        <p className="quiet">
          It was told on this page only: no channel was switched on for it.{" "}
          {may && <Link to={alertsPath({ channels: true, panel: null })}>Add a channel</Link>}
        </p>
      )}
    </Panel>
  );
}

interface FactsProps {
  firing: Firing;
  /** When it leaves, while it waits for the end of quiet hours. */
  held: string | null;
}

function Facts({ firing: { rule, rule_name, symbol, at, price, message }, held }: FactsProps) {
  return (
    <>
      <p className={styles.message}>{format.told(message)}</p>
      <dl className={styles.facts}>
        <dt>Happened</dt>
        <dd>{format.toTheSecondThere(at)}</dd>
        {price !== null && (
          <>
            <dt>Symbol</dt>
            <dd>
              <Link to={symbolPath(symbol)}>{symbol}</Link> at {format.price(price)}
            </dd>
          </>
        )}
        <dt>Alert</dt>
        <dd>
          {rule_name ? (
            <Link to={alertsPath({ channels: false, panel: { kind: "edit", rule } })}>{rule_name}</Link>
          ) : (
            "Removed since"
          )}
        </dd>
        {held && (
          <>
            <dt>Quiet hours</dt>
            <dd>It leaves when they are over, {format.toTheSecondThere(held)}</dd>
          </>
        )}
      </dl>
    </>
  );
}

function Way({ way: { channel, channel_name, state, key, next_try, attempts } }: { way: Delivery }) {
  const name = channel_name ?? `Channel ${channel}, removed since`;
  const { text, tone } = STATES[state];
  return (
    <section className={styles.way} aria-label={name}>
      <p className={styles.channel}>
        <strong>{name}</strong>
        <span className={styles.state} data-tone={tone}>
          {text}
        </span>
      </p>
      {attempts.length === 0 && (
        <p className="quiet">{state === "sent" ? "The page shows these itself." : "Not tried yet."}</p>
      )}
      <ol>
        {attempts.map(({ at, ok, receipt }) => (
          <li key={at} className={styles.attempt}>
            <time dateTime={at}>{format.toTheSecond(at)}</time>
            <span className={ok ? styles.arrived : styles.missed}>{ok ? "Arrived" : "Did not arrive"}</span>
            <code className={styles.receipt}>{receipt}</code>
          </li>
        ))}
      </ol>
      {next_try && state === "waiting" && <p>Next try {format.toTheSecond(next_try)}</p>}
      <p className={styles.key}>
        Key <code>{key}</code>
      </p>
    </section>
  );
}

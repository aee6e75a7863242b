import type { Provider } from "../../api/desk";
import { type Column, Table } from "../../components/Table";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import styles from "./Providers.module.css";

const STATES: Record<Provider["state"], string> = {
  ok: "Answers",
  rate_limited: "Asks us to wait",
  not_entitled: "Needs a key",
  unreachable: "Does not answer",
  bad: "Answers nonsense",
  unused: "Not asked yet",
};

/** Each source's health, what it may still be asked, and what it covers. */
export function Providers({ providers }: { providers: readonly Provider[] }) {
  return (
    <section>
      <h2>Providers</h2>
      {providers.length === 0 ? (
        <p className="quiet">None: the desk runs offline, on what it holds.</p>
      ) : (
        <Table caption="Providers" columns={COLUMNS} rows={providers} keyOf={({ name }) => name} />
      )}
    </section>
  );
}

/** Whose clock this page's times are of. */
export const CLOCK = format.zoneName(format.READERS_ZONE);

const COLUMNS: Column<Provider>[] = [
  { title: "Source", show: ({ title, note }) => <Named title={title} note={note} /> },
  { title: "State", show: (provider) => <State provider={provider} /> },
  { title: "Last answer", clock: CLOCK, show: ({ last_ok }) => format.moment(last_ok) },
  { title: "Calls left", show: ({ budget }) => <Budgets budget={budget} /> },
  { title: "Delay", number: true, show: ({ delay_s }) => (delay_s ? format.age(delay_s) : format.NONE) },
  { title: "Offers", show: ({ kinds }) => <span className={styles.wrapped}>{kinds.join(", ")}</span> },
  { title: "Intervals", show: ({ intervals }) => <span className={styles.wrapped}>{intervals.join(" ")}</span> },
];

function Named({ title, note }: { title: string; note: string }) {
  return (
    <span className={styles.source}>
      <strong>{title}</strong>
      {note && <span className={styles.note}>{note}</span>}
    </span>
  );
}

function State({ provider: { state, detail, next_try } }: { provider: Provider }) {
  // A time that is past tells nothing: it is tried again when somebody next asks for prices.
  const now = useNow();
  const next = next_try && Date.parse(next_try) > now ? `, next try ${format.clock(next_try)}` : "";
  return (
    <span className={styles.state} data-state={state}>
      {STATES[state]}
      {next}
      {detail && <span className={styles.detail}>{detail}</span>}
    </span>
  );
}

function Budgets({ budget }: Pick<Provider, "budget">) {
  if (budget.length === 0) return format.NONE;
  return budget.map(({ calls, per_s, left }) => (
    <span key={per_s} className={styles.budget}>
      {left} of {calls} <span className="quiet">per {format.period(per_s)}</span>
      <meter min={0} max={calls} value={left} low={calls * 0.1} aria-label={`${left} of ${calls} calls left`} />
    </span>
  ));
}

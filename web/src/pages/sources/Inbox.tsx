import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link } from "react-router";
import type { InboxEntry } from "../../api/desk";
import { type Decision, decide, inboxQuery, jobKeys } from "../../api/jobs";
import { catchUp } from "../../api/queries";
import { Button } from "../../components/Button";
import { Notice } from "../../components/Notice";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import styles from "./Inbox.module.css";
import { choices, decided, effect, inOrder, stateOf, waits } from "./inbox";

/** Splits and dividends that are news: what each does to the prices, and whether it shall. */
export function Inbox({ entries }: { entries: readonly InboxEntry[] }) {
  const first = useFirst(entries);
  const { mutate } = useDecide();
  const may = useMay("member");
  if (entries.length === 0) {
    return (
      <Notice title="No split or dividend is news">
        What a source tells after a symbol’s first fetch will stand here, and so will jumps that look like a split.
      </Notice>
    );
  }
  return (
    <section>
      <h2>Splits and dividends</h2>
      {!may && <p className="quiet">Members of the desk decide on these.</p>}
      <ul>
        {inOrder(entries, first).map((entry) => (
          <Entry key={entry.id} entry={entry} onDecide={may ? (decision) => mutate({ entry, decision }) : null} />
        ))}
      </ul>
    </section>
  );
}

/** Those that waited since the page was opened. */
function useFirst(entries: readonly InboxEntry[]): ReadonlySet<number> {
  const [first, setFirst] = useState<ReadonlySet<number>>(new Set());
  const waiting = entries.filter(waits).map(({ id }) => id);
  if (waiting.some((id) => !first.has(id))) setFirst(new Set([...first, ...waiting]));
  return first;
}

/** Shown at once, taken back where the desk refuses; prices change with it. */
function useDecide() {
  const client = useQueryClient();
  const { queryKey } = inboxQuery();
  const put = (changed: InboxEntry) =>
    client.setQueryData(
      queryKey,
      (inbox) => inbox && { ...inbox, entries: inbox.entries.map((each) => (each.id === changed.id ? changed : each)) },
    );
  return useMutation({
    // One after the other, so that the last one stands.
    scope: { id: "inbox" },
    mutationFn: ({ entry, decision }: { entry: InboxEntry; decision: Decision }) => decide(entry.id, decision),
    onMutate: async ({ entry, decision }) => {
      await client.cancelQueries({ queryKey });
      put(decided(entry, decision));
    },
    onSuccess: put,
    onError: (error, { entry }) => {
      put(entry);
      say({ text: `Not changed. ${whyNot(error)}` });
    },
    onSettled: () => {
      catchUp();
      void client.invalidateQueries({ queryKey: ["actions"] });
      return client.invalidateQueries({ queryKey: jobKeys.inbox });
    },
  });
}

function Entry({ entry, onDecide }: { entry: InboxEntry; onDecide: ((decision: Decision) => void) | null }) {
  const { symbol, text, ex_date, source } = entry;
  const [choice, other] = choices(entry);
  const stays = useRef<HTMLButtonElement>(null);
  const named = (label: string) => `${label} ${symbol} ${text}`;
  return (
    <li className={styles.entry} data-waits={waits(entry) || undefined}>
      <span className={styles.what}>
        <Link to={chartOf(entry)} title="Show on the chart">
          {symbol}
        </Link>{" "}
        <strong>{text}</strong>{" "}
        <span className={styles.told}>
          ex {format.day(ex_date)}
          {source !== "inferred" && `, told by ${source}`}
        </span>
      </span>
      <span className={styles.state}>{stateOf(entry)}</span>
      <p className={styles.effect}>{effect(entry)}</p>
      <span className={styles.choices}>
        {onDecide && other && (
          <Button
            look="quiet"
            aria-label={named(other.label)}
            onClick={() => {
              // This one goes: what stays takes the reader's place.
              stays.current?.focus();
              onDecide(other.decision);
            }}
          >
            {other.label}
          </Button>
        )}
        {onDecide && choice && (
          <Button
            ref={stays}
            look={waits(entry) ? "main" : "plain"}
            aria-label={named(choice.label)}
            onClick={() => onDecide(choice.decision)}
          >
            {choice.label}
          </Button>
        )}
      </span>
    </li>
  );
}

const AROUND_DAYS = 30;

/** Its symbol's chart, a month to each side of the ex date. */
function chartOf({ symbol, ex_date }: InboxEntry): string {
  const at = (days: number) => new Date(Date.parse(ex_date) + days * 86_400_000).toISOString().slice(0, 10);
  return `${symbolPath(symbol)}?${new URLSearchParams({ from: at(-AROUND_DAYS), to: at(AROUND_DAYS) })}`;
}

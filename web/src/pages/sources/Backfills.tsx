import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import type { Backfill } from "../../api/desk";
import { askForMonths, backfillsQuery, jobKeys, withdrawMonths } from "../../api/jobs";
import { Button } from "../../components/Button";
import { ChoiceField, TextField } from "../../components/Field";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { Table } from "../../components/Table";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { whyNot, wrongOf } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { typing } from "../../lib/typing";
import styles from "./Backfills.module.css";
import dots from "./Providers.module.css";

/** Past months that were asked for, how far they are, and asking for more. */
export function Backfills({ offered }: { offered: boolean }) {
  const may = useMay("owner");
  return (
    <section>
      <h2>Past months</h2>
      <Asked offered={offered && may} />
      {!offered && <p className="quiet">No more can be asked for: the desk runs offline.</p>}
      {offered && (may ? <Form /> : <p className="quiet">Owners of the desk ask for more.</p>)}
    </section>
  );
}

const STATES: Record<Backfill["state"], string> = { open: "Under way", done: "Done", failed: "Not to be had" };

function Asked({ offered }: { offered: boolean }) {
  const { data, error, isError, refetch } = useQuery(backfillsQuery());
  if (isError && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={64} />;
  if (data.backfills.length === 0) return <p className="quiet">None were asked for yet.</p>;
  return (
    <Table
      caption="Past months"
      pageSize={10}
      rows={data.backfills}
      keyOf={({ id }) => id}
      columns={[
        { title: "Symbol", show: ({ symbol }) => <Link to={symbolPath(symbol)}>{symbol}</Link> },
        { title: "Bars", show: ({ interval }) => interval },
        { title: "Months", show: ({ first, last }) => months(first, last) },
        { title: "Fetched", show: (backfill) => <Far backfill={backfill} /> },
        { title: "State", show: (backfill) => <State backfill={backfill} offered={offered} /> },
        { title: "Detail", show: ({ detail }) => <span className={dots.told}>{format.told(detail)}</span> },
      ]}
    />
  );
}

function months(first: string, last: string): string {
  return first === last ? format.month(first) : `${format.month(first)} to ${format.month(last)}`;
}

function Far({ backfill: { done, total, symbol } }: { backfill: Backfill }) {
  return (
    <span className={styles.far}>
      {format.whole(done)} of {format.whole(total)}
      <progress value={done} max={total} aria-label={`Months of ${symbol} fetched`} />
    </span>
  );
}

function State({ backfill, offered }: { backfill: Backfill; offered: boolean }) {
  const { id, symbol, state } = backfill;
  const client = useQueryClient();
  const withdrawn = useMutation({
    mutationFn: () => withdrawMonths(id),
    onSuccess: () => say({ text: `No more months of ${symbol} are fetched; what was fetched stays.` }),
    onError: (error) => say({ text: `Not withdrawn. ${whyNot(error)}` }),
    onSettled: () => client.invalidateQueries({ queryKey: jobKeys.all }),
  });
  if (state !== "open" || !offered) return STATES[state];
  return (
    <span className={styles.far}>
      {STATES[state]}
      <Button
        look="quiet"
        aria-label={`Withdraw ${symbol}, ${months(backfill.first, backfill.last)}`}
        disabled={withdrawn.isPending}
        onClick={() => withdrawn.mutate()}
      >
        Withdraw
      </Button>
    </span>
  );
}

const INTERVALS = [
  ["1m", "minutes"],
  ["1d", "days"],
] as const;

const BLANK = { symbol: "", from: "", to: "", interval: "1m" };

function Form() {
  const client = useQueryClient();
  const [form, setForm] = useState(BLANK);
  const asked = useMutation({
    mutationFn: ({ to, ...rest }: typeof BLANK) => askForMonths({ ...rest, to: to.trim() || null }),
    onSuccess: ({ symbol, total }) => {
      setForm(BLANK);
      say({ text: `${format.counted(total, "month")} of ${symbol} will be fetched.` });
      void client.invalidateQueries({ queryKey: jobKeys.all });
    },
  });
  const wrong = wrongOf(asked.error);
  const at = typing(form, setForm, asked.error, asked.reset);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    asked.mutate(form);
  };
  return (
    <details className={styles.ask}>
      <summary>Fetch past months</summary>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField label="Symbol" placeholder="AAPL" {...at("symbol")} />
        <TextField label="From" placeholder="2020-01" {...at("from")} />
        <TextField label="To" placeholder="2024-12" hint="Empty: this month." {...at("to")} />
        <ChoiceField label="Bars of" options={INTERVALS} {...at("interval")} />
        {asked.error && !(wrong && wrong.field in BLANK) && (
          <p role="alert" className={styles.error}>
            {whyNot(asked.error)}
          </p>
        )}
        <Button type="submit" disabled={asked.isPending}>
          Fetch
        </Button>
      </form>
    </details>
  );
}

/** What an instrument is, where nobody knows it or the desk has it wrong: its holder says so, for all their portfolios. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useNavigate } from "react-router";
import type { Facts, Portfolio } from "../../../api/desk";
import { factsQuery, portfolioKeys, positionsQuery, setFacts } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { ChoiceField, TextField } from "../../../components/Field";
import { Trouble } from "../../../components/Notice";
import { Panel } from "../../../components/Panel";
import { Skeleton } from "../../../components/Skeleton";
import { errorAt, whyNot, wrongOf } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { labelOf } from "../allocation/slices";
import { OnlyRead } from "../OnlyRead";
import { countries } from "./countries";
import styles from "./FactsPanel.module.css";

interface PanelProps {
  portfolio: Portfolio;
  instrument: string;
  back: string;
}

export default function FactsPanel({ portfolio, instrument, back }: PanelProps) {
  const told = useQuery(factsQuery());
  const held = useQuery(positionsQuery(portfolio.id, { instrument }));
  const row = held.data?.positions[0];
  const ticker = row?.ticker ?? instrument;
  const known = { type: row?.type ?? null, currency: row?.currency ?? null };
  return (
    <Panel title={`What ${ticker} is`} back={back}>
      {portfolio.right !== "owner" ? (
        <OnlyRead portfolio={portfolio} />
      ) : told.data && !held.isPending ? (
        <Form
          key={instrument}
          instrument={instrument}
          ticker={ticker}
          said={told.data.facts[instrument] ?? NOTHING}
          known={known}
          back={back}
        />
      ) : told.error ? (
        <Trouble error={told.error} onRetry={told.refetch} />
      ) : (
        <Skeleton height={320} />
      )}
    </Panel>
  );
}

const NOTHING: Facts = { type: null, sector: null, country: null, currency: null };
const TYPES = ["stock", "etf", "fund", "index", "currency", "crypto", "commodity", "cash", "other"] as const;
/** As the large index makers part the market; any other is as good. */
const SECTORS = [
  "Communication services",
  "Consumer discretionary",
  "Consumer staples",
  "Energy",
  "Financials",
  "Health care",
  "Industrials",
  "Information technology",
  "Materials",
  "Real estate",
  "Utilities",
];
const COUNTRIES = countries();
const AS_KNOWN = "As the desk knows it";

interface FormProps {
  instrument: string;
  ticker: string;
  /** What its holder has said so far. */
  said: Facts;
  known: { type: string | null; currency: string | null };
  back: string;
}

function Form({ instrument, ticker, said, known, back }: FormProps) {
  const navigate = useNavigate();
  const list = useId();
  const [form, setForm] = useState(said);
  const { save, error, isPending } = useSaving(instrument, ticker, said, () => navigate(back));
  const wrong = wrongOf(error);
  const at = (field: keyof Facts) => ({
    value: form[field] ?? "",
    error: errorAt(error, field),
    onChange: (value: string) => setForm((now) => ({ ...now, [field]: value || null })),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    save({ ...form, sector: form.sector?.trim() || null, currency: form.currency?.trim() || null });
  };
  return (
    <form className={styles.form} onSubmit={send}>
      <p className="quiet">
        What you say goes before what the desk knows, but for the currency, in all portfolios of yours.
      </p>
      <ChoiceField
        label="Type"
        options={[
          ["", known.type && !said.type ? `${AS_KNOWN}: ${labelOf(known.type, known.type)}` : AS_KNOWN],
          ...TYPES.map((type) => [type, labelOf(type, type)] as const),
        ]}
        {...at("type")}
      />
      <TextField label="Sector" list={list} {...at("sector")} />
      <datalist id={list}>
        {SECTORS.map((sector) => (
          <option key={sector} value={sector} />
        ))}
      </datalist>
      <ChoiceField label="Country" options={[["", AS_KNOWN], ...COUNTRIES]} {...at("country")} />
      {!instrument.startsWith("own:") && (
        <TextField
          label="Currency"
          placeholder={known.currency ?? undefined}
          hint="That its prices are in, where the desk knows none. Prices by hand stay in the one they were said in."
          {...at("currency")}
        />
      )}
      {error && !(wrong && wrong.field in NOTHING) && (
        <p role="alert" className={styles.wrong}>
          {whyNot(error)}
        </p>
      )}
      <div className={styles.actions}>
        <Button type="submit" look="main" disabled={isPending}>
          Save
        </Button>
        {Object.values(said).some(Boolean) && (
          <Button look="quiet" disabled={isPending} onClick={() => save(NOTHING)}>
            Forget what I said
          </Button>
        )}
      </div>
    </form>
  );
}

function useSaving(instrument: string, ticker: string, said: Facts, onSaved: () => void) {
  const client = useQueryClient();
  const asked = () => client.invalidateQueries({ queryKey: portfolioKeys.all });
  const undo = useMutation({
    mutationFn: () => setFacts(instrument, said),
    onError: (error) => say({ text: `Not saved. ${whyNot(error)}` }),
    onSettled: asked,
  });
  const { mutate, error, isPending } = useMutation({
    mutationFn: (facts: Facts) => setFacts(instrument, facts),
    onSuccess: () => {
      say({ text: `What ${ticker} is was changed.`, action: { label: "Undo", act: () => undo.mutate() } });
      onSaved();
    },
    onSettled: asked,
  });
  return { save: mutate, error, isPending };
}

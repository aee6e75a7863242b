/** The form of a transaction: it asks what its kind needs, counts what follows, and says what the desk refuses. */

import { useIsMutating, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import type { Item, Kind, Portfolio, Transaction } from "../../../api/desk";
import { itemsQuery } from "../../../api/portfolios";
import { Problem } from "../../../api/problem";
import { Button } from "../../../components/Button";
import { ChoiceField, Field, TextField, Tick } from "../../../components/Field";
import { Trouble } from "../../../components/Notice";
import * as format from "../../../lib/format";
import { asksFirst, whyNot, wrongOf } from "../../../lib/refusal";
import { useTransactionEdits } from "./edits";
import { countedAmount, DESKS_NAMES, draftOf, edited, type Form, oddAmount } from "./form";
import { InstrumentField, MAKING } from "./InstrumentField";
import { FIELD_NAMES, type FieldName, isKind, KINDS } from "./kinds";
import { Meanwhile } from "./Meanwhile";
import styles from "./TransactionForm.module.css";

interface FormProps {
  portfolio: Portfolio;
  begin: Form;
  /** What is being changed; null: it is new. */
  transaction: Transaction | null;
  back: string;
}

export function TransactionForm({ portfolio, begin, transaction, back }: FormProps) {
  const navigate = useNavigate();
  const [form, setForm] = useState(begin);
  const [before, setBefore] = useState(transaction);
  const { save, remove } = useTransactionEdits(portfolio);
  // Items are their owner's: who writes in another's portfolio names none of their own there.
  const mine = portfolio.owner === null;
  const own = useQuery({ ...itemsQuery(), enabled: mine });
  const items = (mine && own.data?.items) || NO_ITEMS;
  const making = useIsMutating({ mutationKey: MAKING }) > 0;
  const { hint } = KINDS[form.kind];
  const odd = oddAmount(form, before);
  const edit = (change: Partial<Form>) => setForm((now) => edited(now, change));
  // What is shown beside a change that somebody else made meanwhile is what is sent over it.
  const draft = draftOf(form, transaction, items);
  const send = (over: Transaction | null, oversold = false) =>
    save.mutate({ draft, before: over, oversold }, { onSuccess: () => navigate(back) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(before);
  };
  const theirs = currentOf(save.error);
  const wrong = wrongOf(save.error);
  const at = wrong && (DESKS_NAMES[wrong.field.split(".")[0] ?? ""] ?? wrong.field);
  const error = (name: string) => (at === name ? wrong?.what : undefined);
  const shown = new Set<string>(["kind", "day", "account", "currency", "note", "tags", ...namesOf(form.kind)]);

  return (
    <form className={`${styles.form} amounts`} onSubmit={submit}>
      <ChoiceField
        label="Kind"
        value={form.kind}
        options={Object.entries(KINDS).map(([kind, { label }]) => [kind, label] as const)}
        onChange={(kind) => isKind(kind) && edit({ kind })}
      />
      <Field label="Day" error={error("day")}>
        {(tied) => (
          <input
            {...tied}
            type="date"
            required
            value={form.day}
            onChange={(event) => edit({ day: event.target.value })}
          />
        )}
      </Field>
      <AccountField portfolio={portfolio} form={form} label="Account" error={error("account")} onEdit={edit} />
      {namesOf(form.kind).map((name) => (
        <OneField key={name} {...{ name, form, portfolio, items, transaction }} error={error(name)} onEdit={edit} />
      ))}
      <TextField
        label="Currency"
        value={form.currency}
        error={error("currency")}
        onChange={(currency) => edit({ currency })}
      />
      {form.kind === "sell" && (
        <Tick label="Sell what is not held (short)" checked={form.short} onChange={(short) => edit({ short })} />
      )}
      <Field label="Note" error={error("note")}>
        {(tied) => <textarea {...tied} value={form.note} onChange={(event) => edit({ note: event.target.value })} />}
      </Field>
      <TextField
        label="Tags"
        value={form.tags}
        hint="Several are parted by commas"
        error={error("tags")}
        onChange={(tags) => edit({ tags })}
      />
      {hint && <p className={styles.hint}>{hint}</p>}
      {own.isError && !own.data && <Trouble error={own.error} onRetry={own.refetch} />}
      {odd && (
        <p role="status" className={styles.hint}>
          {format.told(odd)}
        </p>
      )}
      {theirs && before ? (
        <Meanwhile
          mine={draft}
          theirs={theirs}
          onMine={() => {
            setBefore(theirs);
            send(theirs);
          }}
          onTheirs={() => navigate(back)}
        />
      ) : (
        <>
          {save.error && (!at || !shown.has(at)) && (
            <p role="alert" className={styles.wrong}>
              {whyNot(save.error)}
            </p>
          )}
          <div className={styles.actions}>
            <Button type="submit" look="main" disabled={save.isPending || making || (mine && !own.data)}>
              {before ? "Save" : "Add"}
            </Button>
            {asksFirst(save.error) && <Button onClick={() => send(before, true)}>Save all the same</Button>}
            {before && (
              <Button
                look="quiet"
                onClick={() => {
                  remove(before);
                  navigate(back);
                }}
              >
                Delete
              </Button>
            )}
          </div>
        </>
      )}
    </form>
  );
}

/** What is there now, where somebody else was faster. */
function currentOf(error: Error | null): Transaction | null {
  return error instanceof Problem && error.status === 409 ? (error.current as Transaction | null) : null;
}

function namesOf(kind: Kind): FieldName[] {
  return KINDS[kind].fields.map(([name]) => name);
}

interface OneProps {
  name: FieldName;
  form: Form;
  portfolio: Portfolio;
  items: readonly Item[];
  transaction: Transaction | null;
  error: string | undefined;
  onEdit: (change: Partial<Form>) => void;
}

function OneField({ name, form, portfolio, items, transaction, error, onEdit }: OneProps) {
  const [, own] = KINDS[form.kind].fields.find(([each]) => each === name) ?? [];
  const label = own ?? FIELD_NAMES[name];
  const change = (value: string) => onEdit({ [name]: value });
  if (name === "toAccount") return <AccountField {...{ portfolio, form, label, error, onEdit }} to />;
  if (name === "instrument" || name === "other")
    return (
      <InstrumentField
        {...{ label, error, items, portfolio }}
        value={form[name]}
        currency={form.currency}
        kept={(name === "other" ? transaction?.other_ticker : transaction?.ticker) ?? null}
        onChange={change}
      />
    );
  if (name === "acquired")
    return (
      <Field label={label} error={error}>
        {(tied) => <input {...tied} type="date" value={form[name]} onChange={(event) => change(event.target.value)} />}
      </Field>
    );
  const counted = name === "amount" && form.counted ? countedAmount(form) : null;
  return (
    <TextField
      label={label}
      number={name !== "toCurrency"}
      value={form[name]}
      error={error}
      placeholder={counted === null ? undefined : format.exactly(counted, format.decimalsOf(form.currency))}
      unit={MONEY.has(name) ? form.currency : undefined}
      onChange={change}
    />
  );
}

const NO_ITEMS: readonly Item[] = [];
const MONEY = new Set<FieldName>(["price", "fee", "tax", "amount", "cost"]);

interface AccountProps extends Omit<OneProps, "name" | "items" | "transaction"> {
  label: string;
  /** Whether it is where a transfer leads. */
  to?: boolean;
}

function AccountField({ label, form, portfolio, error, onEdit, to = false }: AccountProps) {
  const accounts = portfolio.accounts.filter(({ id }) => !to || id !== form.account);
  const options = accounts.map(({ id, name }) => [String(id), name] as const);
  const choose = (value: string) => {
    if (to) return onEdit({ toAccount: value });
    const currency = accounts.find(({ id }) => id === Number(value))?.currency ?? form.currency;
    onEdit({ account: Number(value), currency });
  };
  return (
    <ChoiceField
      label={label}
      value={to ? form.toAccount : String(form.account)}
      options={to ? [["", "Choose one"], ...options] : options}
      error={error}
      onChange={choose}
    />
  );
}

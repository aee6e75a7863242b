/** A rule in the side panel: what it waits for, on what, whom it tells, and what it would have done. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { addRule, alertKeys, changeRule } from "../../api/alerts";
import type { Draft, Rule } from "../../api/desk";
import { Problem } from "../../api/problem";
import { instrumentQuery, quotesQuery } from "../../api/queries";
import { watchlistsQuery } from "../../api/watchlists";
import { Button } from "../../components/Button";
import { ChoiceField, Field, TextField } from "../../components/Field";
import { Panel } from "../../components/Panel";
import { isTicker, symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useSettled } from "../../lib/hooks";
import { useOverlays } from "../../lib/palette";
import { inWords, type Wrong, whyNot, wrongOf } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { ConditionFieldInput } from "./ConditionFieldInput";
import { CONDITIONS, type ConditionType, fieldsOf, GROUPS, initialValues, isOfSymbols, TYPES } from "./conditions";
import { draftOf, type Form, hasOptions, isWrong, nameOf, tried, waiting } from "./draft";
import { More } from "./More";
import styles from "./RuleEditor.module.css";
import { Trial, useTrial } from "./Trial";

const SETTLED_MS = 500;
const MORE = new Set(["hysteresis_pct", "cooldown_min", "expires", "quiet", "session_only", "message", "channels"]);

interface RuleEditorProps {
  /** What the form begins with. */
  begin: Form;
  /** The rule that is changed; null: a new one. */
  rule: Rule | null;
  back: string;
}

/** Changes of some fields of a form. */
export type Change = (change: Partial<Form>) => void;

export default function RuleEditor({ begin, rule, back }: RuleEditorProps) {
  const [form, setForm] = useState(begin);
  const [refused, setRefused] = useState<readonly Wrong[]>([]);
  /** The fields that were written in: what is wrong there is said without being asked. */
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const lists = useQuery(watchlistsQuery()).data?.watchlists ?? [];
  const list = form.list || String(lists[0]?.id ?? "");
  const nameOfList = (id: string) => lists.find((each) => String(each.id) === id)?.name ?? "";
  const told = { ...form, list };
  const draft = draftOf(told, nameOfList);
  const trial = useSettledTrial(draft);
  const { save, saving } = useSave(rule, back, (wrong) => setRefused([wrong]));
  const { unheard, hear, hearing } = useUnheard();

  const change: Change = (some) => {
    setRefused([]);
    setForm((before) => ({ ...before, ...some }));
    const fields = Object.keys(some).map((name) => FIELD_NAMES[name] ?? name);
    setTouched((before) => new Set([...before, ...fields]));
  };
  const changeValue = (name: string, value: string) => {
    change(waiting(form, form.type, { ...form.values, [name]: value }));
    setTouched((before) => new Set([...before, name]));
  };
  const ticker = isOfSymbols(form.type) && form.on === "Symbol" ? form.symbol.trim().toUpperCase() : null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isWrong(draft)) setRefused(draft);
    else if (ticker === null || rule?.symbols.includes(ticker) || (await hear(ticker))) save(draft);
  };
  const seen = isWrong(draft) ? draft.filter(({ field }) => touched.has(field)) : trial.wrong ? [trial.wrong] : [];
  const wrong = refused.length > 0 ? refused : seen;
  const { about, fields } = CONDITIONS[form.type];
  const errorAt = (...names: string[]) => {
    const found = wrong.find(({ field }) => names.includes(field));
    return found && inWords(found, fields);
  };
  const placed = ["name", "target", "symbol", "condition", ...fields.map(({ name }) => name)];
  const moreIsWrong = wrong.some(({ field }) => MORE.has(field));
  const unsure = ticker !== null && unheard === ticker;
  const elsewhere = wrong.find(({ field }) => !placed.includes(field) && !MORE.has(field));
  return (
    <Panel title={rule ? "Change the alert" : "New alert"} back={back}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <Condition form={form} error={errorAt("condition")} onChange={change} />
        <p className={styles.about}>{about}</p>
        {isOfSymbols(form.type) && (
          <On form={told} lists={lists} error={errorAt("target", "symbol")} onChange={change} />
        )}
        {fieldsOf(form.type, form.values).map((field) => (
          <ConditionFieldInput
            key={`${form.type} ${field.name}`}
            field={field}
            value={form.values[field.name] ?? ""}
            error={errorAt(field.name)}
            hint={
              field.name === "level" && form.type === "Crosses" && form.on === "Symbol" && <Now symbol={form.symbol} />
            }
            onChange={(value) => changeValue(field.name, value)}
          />
        ))}
        <ChoiceField
          label="Tell me"
          value={form.repeat}
          options={REPEATS}
          onChange={(repeat) => change({ repeat: repeat as Form["repeat"] })}
        />
        <TextField
          label="Name"
          value={form.name}
          placeholder={nameOf(told, nameOfList)}
          error={errorAt("name")}
          onChange={(name) => change({ name })}
        />
        <More form={form} begun={hasOptions(begin)} opened={moreIsWrong} errorAt={errorAt} onChange={change} />
        {elsewhere && (
          <p role="alert" className={styles.error}>
            {elsewhere.what}
          </p>
        )}
        {unsure && (
          <p role="alert" className={styles.error}>
            The desk has never heard of {ticker}. If its prices never come, this alert never tells anything.
          </p>
        )}
        <Button type="submit" look="main" disabled={saving || hearing}>
          {unsure ? `Wait for ${ticker} all the same` : rule ? "Save" : "Set the alert"}
        </Button>
      </form>
      <Trial draft={trial.draft} trial={trial.answer} former={trial.former} kept={rule?.id ?? null} />
    </Panel>
  );
}

const REPEATS = [
  ["always", "Every time"],
  ["daily", "Once a day"],
  ["once", "Once"],
] as const;

/** Where a part of the form has another name than the desk's field. */
const FIELD_NAMES: Record<string, string> = { hysteresis: "hysteresis_pct", cooldown: "cooldown_min" };

/** Whether the desk has ever heard of a symbol; one that it has not is asked about once. */
function useUnheard() {
  const client = useQueryClient();
  const [unheard, setUnheard] = useState<string | null>(null);
  const [hearing, setHearing] = useState(false);
  const hear = async (ticker: string): Promise<boolean> => {
    if (ticker === unheard) return true;
    setHearing(true);
    const known = await client.fetchQuery(instrumentQuery(ticker)).then(
      () => true,
      (error: Error) => !(error instanceof Problem && error.status === 404),
    );
    setHearing(false);
    if (!known) setUnheard(ticker);
    return known;
  };
  return { unheard, hear, hearing };
}

/** The trial of a draft once it stands still, whether it is that of the draft before, and what the desk finds wrong. */
function useSettledTrial(draft: Draft | Wrong[]) {
  const written = isWrong(draft) ? "" : JSON.stringify(tried(draft));
  const settled = useSettled(written, SETTLED_MS);
  const answer = useTrial(settled ? JSON.parse(settled) : null);
  const former = settled !== written || answer.isPlaceholderData;
  return { draft: isWrong(draft) ? null : draft, answer, former, wrong: former ? null : wrongOf(answer.error) };
}

function useSave(rule: Rule | null, back: string, onRefused: (wrong: Wrong) => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    mutationFn: (draft: Draft) => (rule ? changeRule(rule.id, draft) : addRule(draft)),
    onSuccess: ({ id, name, target }) => {
      void client.invalidateQueries({ queryKey: alertKeys.all });
      navigate(back);
      const chart = target?.type === "Symbol" && `${symbolPath(target.symbol)}?trial=${id}`;
      say({
        text: `${name} is ${rule ? "saved" : "set"}.`,
        ...(chart && { action: { label: "Show on the chart", act: () => navigate(chart) } }),
      });
    },
    onError: (error) => onRefused(wrongOf(error) ?? { field: "", what: whyNot(error) }),
  });
  return { save: mutate, saving: isPending };
}

interface PartProps {
  form: Form;
  error: string | undefined;
  onChange: Change;
}

function Condition({ form, error, onChange }: PartProps) {
  const { type } = form;
  const choose = (chosen: ConditionType) => onChange(waiting(form, chosen, initialValues(chosen)));
  return (
    <Field label="When" error={error}>
      {(tied) => (
        <select
          {...tied}
          value={type}
          onChange={({ target }) => choose(TYPES.find((each) => each === target.value) ?? "Moves")}
        >
          {GROUPS.map((group) => (
            <optgroup key={group} label={group}>
              {TYPES.filter((each) => CONDITIONS[each].group === group).map((each) => (
                <option key={each} value={each}>
                  {CONDITIONS[each].label}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      )}
    </Field>
  );
}

const TARGETS = [
  ["Symbol", "A symbol"],
  ["Watchlist", "A watchlist"],
  ["Held", "Everything held"],
] as const;

interface OnProps extends PartProps {
  lists: readonly { id: number; name: string }[];
}

function On({ form, lists, error, onChange }: OnProps) {
  const { search } = useOverlays();
  const find = () => search({ title: "Alert on", pick: (symbol) => onChange({ symbol }) });
  return (
    <>
      <ChoiceField
        label="On"
        value={form.on}
        options={TARGETS}
        error={form.on === "Symbol" ? undefined : error}
        hint={form.on === "Held" && "What your portfolios hold, and those that others share with you."}
        onChange={(on) => onChange({ on: on as Form["on"] })}
      />
      {form.on === "Symbol" && (
        <Field label="Symbol" error={error}>
          {(tied) => (
            <>
              <input
                {...tied}
                value={form.symbol}
                autoCapitalize="characters"
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => onChange({ symbol: event.target.value.toUpperCase() })}
              />
              <Button onClick={find}>Find</Button>
            </>
          )}
        </Field>
      )}
      {form.on === "Watchlist" && (
        <ChoiceField
          label="Watchlist"
          value={form.list}
          options={lists.map(({ id, name }) => [String(id), name] as const)}
          onChange={(list) => onChange({ list })}
        />
      )}
    </>
  );
}

/** Where the price is now, to place a level by. */
function Now({ symbol }: { symbol: string }) {
  const settled = useSettled(symbol.trim().toUpperCase(), SETTLED_MS);
  const { data } = useQuery({ ...quotesQuery(isTicker(settled) ? [settled] : [], false) });
  const quote = data?.quotes.find((each) => each.symbol === settled);
  return quote ? `${settled} is at ${format.price(quote.price, quote.decimals)} now.` : null;
}

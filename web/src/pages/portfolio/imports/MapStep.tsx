/** What a file cannot say by itself: in which order its dates are, which column is what, what its words mean. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Choices, Mapping, Preview } from "../../../api/desk";
import { keepMapping, mappingsQuery } from "../../../api/imports";
import { Button } from "../../../components/Button";
import { ChoiceField, TextField, Tick } from "../../../components/Field";
import { Words } from "../../../components/Words";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { KINDS } from "../activity/kinds";
import { type Question, withColumn, withoutWord } from "./choices";
import styles from "./Import.module.css";
import { Problems } from "./Problems";

interface MapProps {
  preview: Preview;
  /** What was asked before, and was answered. */
  answered: readonly Question[];
  choices: Choices;
  onChange: (choices: Choices) => void;
}

type Answers = Choices["answers"];

export function MapStep({ preview, answered, choices, onChange }: MapProps) {
  const { question, columns, kept, problems } = preview;
  // Beside its columns, what was answered of a file stands among them.
  const before = columns ? [] : answered.filter(({ option }) => option !== question?.option);
  const answers = kept ? kept.answers : choices.answers;
  const answer = (change: Partial<Answers>) => onChange({ ...choices, answers: { ...answers, ...change } });
  return (
    <>
      {kept && <p>Read as “{kept.name}”, which you kept for files with this header.</p>}
      {before.map((each) => (
        <Asked key={each.option} question={each} answers={answers} onAnswer={answer} />
      ))}
      {question && <Asked question={question} answers={answers} onAnswer={answer} />}
      {columns && <Columns columns={columns} answers={answers} onAnswer={answer} />}
      {problems.length > 0 && <Problems problems={problems} title="Not understood so far" />}
    </>
  );
}

interface AskedProps {
  question: Question;
  answers: Answers;
  onAnswer: (change: Partial<Answers>) => void;
}

const SAID: Record<string, string> = {
  dmy: "Day first",
  mdy: "Month first",
  ymd: "Year first",
  ".": "A point",
  ",": "A comma",
  times: "Times the rate",
  over: "Over the rate",
};

function Asked({ question: { option, what, remedy, options }, answers, onAnswer }: AskedProps) {
  const told = answers[option as keyof Answers];
  const [typed, setTyped] = useState(typeof told === "string" ? told : "");
  if (option === "mapping" || option === "kinds")
    return (
      <p className={styles.question}>
        <Words text={`${what} ${remedy}`} />
      </p>
    );
  return (
    <fieldset className={styles.question}>
      <legend>
        <Words text={`${what} ${remedy}`} />
      </legend>
      {options.map((each) => (
        <Button key={each} aria-pressed={told === each} onClick={() => onAnswer({ [option]: each })}>
          {SAID[each] ?? each}
        </Button>
      ))}
      {options.length === 0 && (
        <>
          <TextField label="It is" value={typed} onChange={setTyped} />
          <Button disabled={!typed.trim()} onClick={() => onAnswer({ [option]: typed.trim().toUpperCase() })}>
            Read it so
          </Button>
        </>
      )}
    </fieldset>
  );
}

interface ColumnsProps {
  columns: NonNullable<Preview["columns"]>;
  answers: Answers;
  onAnswer: (change: Partial<Answers>) => void;
}

const NOTHING: Mapping = { columns: {}, kinds: {}, signed: true };

function Columns({ columns: { header, samples, proposed, fields }, answers, onAnswer }: ColumnsProps) {
  const mapping = answers.mapping ?? proposed ?? NOTHING;
  const change = (next: Mapping) => onAnswer({ mapping: next });
  const options = [["", "Not in the file"] as const, ...header.filter(Boolean).map((name) => [name, name] as const)];
  const sampleOf = (column: string | undefined) => (column && samples[header.indexOf(column)]) || undefined;
  return (
    <section className={styles.part}>
      <h2>Which column is what?</h2>
      <TakeKept answers={answers} onAnswer={onAnswer} />
      <div className={styles.columns}>
        {fields.map((field) => (
          <ChoiceField
            key={field}
            label={FIELD_WORDS[field] ?? field}
            value={mapping.columns[field] ?? ""}
            options={options}
            hint={<span className="amount">{sampleOf(mapping.columns[field])}</span>}
            onChange={(column) => change(withColumn(mapping, field, column))}
          />
        ))}
      </div>
      <Tick
        label="Amounts are less than 0 where money left"
        checked={mapping.signed}
        onChange={(signed) => change({ ...mapping, signed })}
      />
      <Meanings mapping={mapping} onChange={change} />
      <Keep answers={answers} mapping={mapping} header={header} />
    </section>
  );
}

const FIELD_WORDS: Record<string, string> = {
  date: "Day",
  time: "Time of day",
  kind: "Kind",
  ticker: "Ticker",
  isin: "ISIN",
  cusip: "CUSIP",
  wkn: "WKN",
  name: "Name",
  exchange: "Exchange",
  quantity: "Units",
  price: "Price",
  price_currency: "Price’s currency",
  amount: "Amount",
  currency: "Currency",
  fee: "Fee",
  tax: "Tax",
  rate: "Exchange rate",
  note: "Note",
  ref: "Its number",
  account: "Account",
  balance: "Balance",
};

/** What words in the column of kinds mean, where they are none of the usual ones. */
function Meanings({ mapping, onChange }: { mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const [word, setWord] = useState("");
  const [kind, setKind] = useState("buy");
  const kinds = mapping.kinds ?? {};
  if (!mapping.columns.kind) return null;
  const add = () => {
    onChange({ ...mapping, kinds: { ...kinds, [word.trim()]: kind as keyof typeof KINDS } });
    setWord("");
  };
  return (
    <div className={styles.part}>
      <h3>Words for kinds that the desk does not know</h3>
      {Object.entries(kinds).map(([each, meaning]) => (
        <p key={each}>
          “{each}” is {KINDS[meaning].label.toLowerCase()}.{" "}
          <Button
            look="quiet"
            aria-label={`Forget what “${each}” means`}
            onClick={() => onChange(withoutWord(mapping, each))}
          >
            Forget
          </Button>
        </p>
      ))}
      <div className={styles.meaning}>
        <TextField label="The word" value={word} onChange={setWord} />
        <ChoiceField
          label="means"
          value={kind}
          options={Object.entries(KINDS).map(([id, { label }]) => [id, label] as const)}
          onChange={setKind}
        />
        <Button disabled={!word.trim()} onClick={add}>
          Add
        </Button>
      </div>
    </div>
  );
}

/** A mapping that was kept for files of the kind. */
function TakeKept({ answers, onAnswer }: Pick<ColumnsProps, "answers" | "onAnswer">) {
  const { data } = useQuery(mappingsQuery());
  const options = data?.mappings.map((each) => [String(each.id), each.name] as const) ?? [];
  if (options.length === 0) return null;
  const take = (id: string) => {
    const kept = data?.mappings.find((each) => String(each.id) === id);
    if (kept) onAnswer({ ...kept.answers, sheet: answers.sheet });
  };
  return <ChoiceField label="As kept" value="" options={[["", "Choose one"], ...options]} onChange={take} />;
}

interface KeepProps {
  answers: Answers;
  mapping: Mapping;
  header: string[];
}

/** What was said of the columns is kept for the next file of the kind. */
function Keep({ answers, mapping, header }: KeepProps) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const { mutate, error } = useMutation({
    mutationFn: () => keepMapping(name.trim(), { ...answers, sheet: "", mapping }, header),
    onSuccess: async (kept) => {
      setName("");
      await client.invalidateQueries({ queryKey: mappingsQuery().queryKey });
      say({ text: `${kept.name} is kept for the next file.` });
    },
  });
  return (
    <div className={styles.meaning}>
      <TextField label="Keep it as" value={name} error={error ? whyNot(error) : undefined} onChange={setName} />
      <Button disabled={!name.trim()} onClick={() => mutate()}>
        Keep
      </Button>
    </div>
  );
}

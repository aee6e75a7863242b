/** Why this number? Its method, every value, flow, rate and price that went into it, and what was missing or assumed. */

import { useQuery } from "@tanstack/react-query";
import { type ClipboardEvent, useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { Portfolio, Why } from "../../../api/desk";
import { whyQuery } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/Notice";
import { Panel } from "../../../components/Panel";
import { Skeleton } from "../../../components/Skeleton";
import { Words } from "../../../components/Words";
import * as format from "../../../lib/format";
import { beside } from "../address";
import { FIGURES, figureOf, questionOf } from "./figures";
import { numberOf } from "./numbers";
import styles from "./WhyPanel.module.css";

interface WhyProps {
  portfolio: Portfolio;
  back: string;
}

export default function WhyPanel({ portfolio, back }: WhyProps) {
  const [params] = useSearchParams();
  const figure = figureOf(params);
  const title = figure ? `Why this number? ${FIGURES[figure]}` : "Why this number?";
  return (
    <Panel title={title} back={back} sheet>
      {figure ? (
        <Asked key={params.toString()} portfolio={portfolio} figure={figure} />
      ) : (
        <p>The desk has no figure of that name.</p>
      )}
    </Panel>
  );
}

function Asked({ portfolio, figure }: { portfolio: Portfolio; figure: NonNullable<ReturnType<typeof figureOf>> }) {
  const [params] = useSearchParams();
  const told = useQuery(whyQuery(portfolio.id, figure, questionOf(params)));
  if (told.isPending) return <Skeleton height={280} />;
  if (!told.data) return <Trouble error={told.error} onRetry={told.refetch} />;
  return <Told why={told.data} portfolio={portfolio} />;
}

const FIRST = 40;

interface ToldProps {
  why: Why;
  portfolio: Portfolio;
}

function Told({ why: { method, inputs, notes }, portfolio }: ToldProps) {
  const [all, setAll] = useState(false);
  const shown = all ? inputs : inputs.slice(0, FIRST);
  return (
    <div className={styles.told}>
      <section>
        <h3>Method</h3>
        <p>
          <Words text={method} />
        </p>
      </section>
      {notes.length > 0 && (
        <section className={styles.notes}>
          <h3>Missing, carried over or assumed</h3>
          <ul>
            {[...new Set(notes)].map((note) => (
              <li key={note}>{format.told(note)}</li>
            ))}
          </ul>
        </section>
      )}
      {inputs.length > 0 && (
        <section>
          <h3>What went into it</h3>
          <ul className={styles.inputs}>
            {shown.map((input, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same amount can go in twice, and the list stays as it is
              <InputRow key={place} input={input} portfolio={portfolio} />
            ))}
          </ul>
          {inputs.length > FIRST && (
            <Button look="quiet" flush onClick={() => setAll(!all)}>
              {all ? "Show fewer" : `Show all ${format.whole(inputs.length)}`}
            </Button>
          )}
        </section>
      )}
    </div>
  );
}

interface RowProps {
  input: Why["inputs"][number];
  portfolio: Portfolio;
}

function InputRow({ input, portfolio: { accounts, base } }: RowProps) {
  const { label, value, unit, day, source } = input;
  // What is looked at is short; what is pointed at or copied has all digits.
  const copy = (event: ClipboardEvent) => {
    event.preventDefault();
    event.clipboardData.setData("text/plain", value);
  };
  const account = accounts.find(({ id }) => source === `account ${id}`);
  return (
    <li>
      <span className={styles.label}>{label}</span>
      <span className={`${styles.value} amount figures`} title={value} onCopy={copy}>
        {numberOf(input, base)} {unit}
      </span>
      <span className={styles.source}>
        {day && format.day(day)}
        {day && source && ", "}
        {account ? account.name : <Source source={source} />}
      </span>
    </li>
  );
}

/** Who told it; of a flow, the transaction, which one can look at. */
function Source({ source }: { source: string }) {
  const [params] = useSearchParams();
  const number = /^transaction (\d+)$/.exec(source)?.[1];
  return number ? <Link to={beside(params, { edit: number })}>{source}</Link> : source;
}

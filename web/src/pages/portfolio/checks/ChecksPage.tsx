/** Is something as it should not be? Every check with its number and where it begins to be told; thresholds of one’s own. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Check } from "../../../api/desk";
import { checksQuery } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import { type Column, Table } from "../../../components/Table";
import * as format from "../../../lib/format";
import { AsOf } from "../AsOf";
import { scopeOf } from "../address";
import { Controls } from "../Controls";
import { Figure } from "../figures/Figure";
import type { PortfolioPageProps } from "../props";
import styles from "./Checks.module.css";
import { ThresholdsForm } from "./ThresholdsForm";
import { headline, numberText, thresholdText, wordsOf } from "./words";

const STATES: Record<Check["state"], string> = { good: "Good", attention: "Attention", unknown: "Not known" };

const COLUMNS: Column<Check>[] = [
  {
    title: "Check",
    show: ({ name }) => wordsOf(name).title,
    cell: ({ name }) => name,
  },
  {
    title: "State",
    show: ({ state }) => <State state={state} />,
    cell: ({ state }) => state,
  },
  {
    title: "Number",
    number: true,
    show: (check) => <NumberOf check={check} />,
    cell: ({ number }) => number,
  },
  { title: "Told from", number: true, show: thresholdText, cell: ({ threshold }) => threshold },
  {
    title: "What it found",
    show: (check) => <Found check={check} />,
    cell: ({ sentence }) => sentence,
  },
];

/** What it is and its number; below, in words, what it found. */
function card(check: Check) {
  const facts = [<State key="state" state={check.state} />, <Found key="found" check={check} />];
  return <Card title={wordsOf(check.name).title} value={<NumberOf check={check} />} facts={facts} />;
}

function State({ state }: Pick<Check, "state">) {
  return (
    <span className={styles.state} data-state={state}>
      {STATES[state]}
    </span>
  );
}

/** What it found, in words; hidden with the amounts where it tells of some. */
function Found({ check: { name, state, sentence } }: { check: Check }) {
  const tells = name === "negative_cash" && state === "attention";
  return <span className={tells ? `amount ${styles.sentence}` : styles.sentence}>{format.told(sentence)}</span>;
}

function NumberOf({ check }: { check: Check }) {
  return (
    <Figure why="check" slice={check.name} label={wordsOf(check.name).title}>
      {numberText(check)}
    </Figure>
  );
}

export default function ChecksPage({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const told = useQuery(checksQuery(portfolio.id, scopeOf(params)));
  const [changing, setChanging] = useState(false);
  if (told.isPending) return <Skeleton height={420} />;
  if (!told.data) return <Trouble whole error={told.error} onRetry={told.refetch} />;
  const { checks, day } = told.data;
  return (
    <>
      <h1>{headline(checks)}</h1>
      <AsOf />
      <Controls portfolio={portfolio} ranged={false} />
      <Table
        caption={`Checks of ${portfolio.name} on ${format.day(day)}`}
        columns={COLUMNS}
        rows={checks}
        keyOf={({ name }) => name}
        file={`${portfolio.name} checks`}
        cards
        card={card}
      />
      {portfolio.right === "owner" && (
        <section className={styles.thresholds}>
          {changing ? (
            <ThresholdsForm key={portfolio.version} portfolio={portfolio} onDone={() => setChanging(false)} />
          ) : (
            <Button onClick={() => setChanging(true)}>Change what is told</Button>
          )}
        </section>
      )}
    </>
  );
}

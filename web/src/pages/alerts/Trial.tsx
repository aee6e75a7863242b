import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { trialQuery } from "../../api/alerts";
import type { Draft, Trials } from "../../api/desk";
import { Problem } from "../../api/problem";
import { symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { canBeTried } from "./conditions";
import styles from "./Trial.module.css";
import { verdict } from "./verdict";

const MOST_SHOWN = 8;

/** The trial of a draft, and what the desk finds wrong with it; null: there is none to try. */
export function useTrial(draft: Draft | null) {
  const asked = draft !== null && canBeTried(draft.condition.type);
  return useQuery({ ...trialQuery(draft ?? NONE), enabled: asked });
}

const NONE = { name: "", condition: { type: "JobFailed" } } as Draft;

interface TrialProps {
  draft: Draft | null;
  trial: ReturnType<typeof useTrial>;
  /** Whether the trial is that of the draft before this one. */
  former: boolean;
  /** The number of the rule, where it is kept already and can be shown on a chart. */
  kept: number | null;
}

/** `Would have fired 7 times in the last 90 days`, and when. */
export function Trial({ draft, trial: { data, error }, former, kept }: TrialProps) {
  if (!draft) return null;
  const { condition, target } = draft;
  if (!canBeTried(condition.type)) {
    return <p className="quiet">What would have been cannot be told: the past keeps prices, and no quotes or feeds.</p>;
  }
  if (target?.type === "Held") return null;
  if (error && !former) return error instanceof Problem && error.field ? null : <Untried error={error} />;
  return (
    <section className={styles.trial} aria-label="Trial" aria-busy={former}>
      <p role="status" className={styles.verdict}>
        {data && !former ? verdict(data, Date.now()) : "Trying it on the past…"}
      </p>
      {data && <Times trials={data} />}
      {kept !== null && target?.type === "Symbol" && (
        <Link to={`${symbolPath(target.symbol)}?trial=${kept}`}>Show on the chart</Link>
      )}
    </section>
  );
}

function Untried({ error }: { error: Error }) {
  const told = error instanceof Problem ? `${error.detail} An alert on it waits for them.` : error.message;
  return (
    <p role="status" className="quiet">
      {told}
    </p>
  );
}

function Times({ trials: { trials } }: { trials: Trials }) {
  const fired = trials.flatMap((each) => each.fired).sort((one, other) => (one.at < other.at ? 1 : -1));
  const rest = fired.length - MOST_SHOWN;
  return (
    <ol className={styles.times}>
      {fired.slice(0, MOST_SHOWN).map(({ symbol, at, day, message }) => (
        <li key={`${symbol} ${at}`}>
          <time dateTime={at}>{day ? format.day(day) : format.moment(at)}</time>
          <span>{format.told(message)}</span>
        </li>
      ))}
      {rest > 0 && <li className="quiet">and {format.whole(rest)} before that</li>}
    </ol>
  );
}

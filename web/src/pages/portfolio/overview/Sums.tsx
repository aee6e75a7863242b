import type { Performance } from "../../../api/desk";
import { Amount } from "../../../components/Amount";
import { negated } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { Figure } from "../figures/Figure";
import styles from "./Overview.module.css";

type Told = "paid_in" | "taken_out" | "gain" | "income" | "fees" | "taxes" | "currency_gain";

const PARTS: readonly (readonly [Told, string])[] = [
  ["paid_in", "Paid in"],
  ["taken_out", "Taken out"],
  ["gain", "Gain, after all costs"],
  ["income", "of it income"],
  ["fees", "of it fees"],
  ["taxes", "of it taxes"],
  ["currency_gain", "of it currencies"],
];
const MOVED: readonly Told[] = ["gain", "currency_gain"];
/** The desk tells them as amounts of their own; in the sum they are taken away. */
const LESS: readonly Told[] = ["taken_out", "fees", "taxes"];
/** What the gain came of. */
const OF_THE_GAIN: readonly Told[] = ["income", "fees", "taxes", "currency_gain"];

interface SumsProps {
  performance: Performance;
  base: string;
  /** The instrument that they are of; all of them if left out. */
  of?: string;
}

/** From what it was worth to what it is worth: what came, what went, and what was gained. */
export function Sums({ performance, base, of }: SumsProps) {
  const { first, last, start, end } = performance;
  return (
    <section>
      <h2 className={styles.title}>
        From {format.day(first)} to {format.day(last)} <span className="quiet">{base}</span>
      </h2>
      <dl className={styles.sums}>
        <div>
          <dt>Worth at the start</dt>
          <dd>
            <Figure why="gain" of={of} label="Worth at the start">
              <Amount value={start} currency={base} />
            </Figure>
          </dd>
        </div>
        {PARTS.map(([name, label]) => (
          <div key={name} data-part={OF_THE_GAIN.includes(name) || undefined}>
            <dt>{label}</dt>
            <dd>
              <Figure why={name === "paid_in" || name === "taken_out" ? "net_invested" : name} of={of} label={label}>
                <Amount value={inSum(name, performance[name])} currency={base} moved={MOVED.includes(name)} />
              </Figure>
            </dd>
          </div>
        ))}
        <div>
          <dt>Worth at the end</dt>
          <dd>
            <Figure why="value" of={of} label="Worth at the end">
              <Amount value={end} currency={base} />
            </Figure>
          </dd>
        </div>
      </dl>
    </section>
  );
}

function inSum(name: Told, value: string | null): string | null {
  return value !== null && LESS.includes(name) ? negated(value) : value;
}

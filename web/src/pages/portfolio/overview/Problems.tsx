import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { Trouble } from "../../../api/desk";
import { Button } from "../../../components/Button";
import * as format from "../../../lib/format";
import { beside } from "../address";
import styles from "./Overview.module.css";

const FIRST = 3;

/** What does not fit in the transactions, and what is missing: figures may be wrong by it, and it is said. */
export function Problems({ problems, notes }: { problems: readonly Trouble[]; notes: readonly string[] }) {
  const [params] = useSearchParams();
  const [all, setAll] = useState(false);
  const told = [
    ...problems.map((problem) => ({
      text: `${problem.what} ${problem.remedy}`.trim(),
      transaction: problem.transaction,
    })),
    ...[...new Set(notes)].map((text) => ({ text, transaction: null })),
  ];
  if (told.length === 0) return null;
  return (
    <ul className={styles.problems}>
      {(all ? told : told.slice(0, FIRST)).map(({ text, transaction }) => (
        <li key={`${transaction} ${text}`}>
          <span className={transaction === null ? undefined : "amount"}>{format.told(text)}</span>{" "}
          {transaction !== null && <Link to={beside(params, { edit: String(transaction) })}>Look at it</Link>}
        </li>
      ))}
      {told.length > FIRST && (
        <li>
          <Button look="quiet" flush onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${told.length}`}
          </Button>
        </li>
      )}
    </ul>
  );
}

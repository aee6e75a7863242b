import { useEffect, useRef } from "react";
import type { Transaction, TransactionDraft } from "../../../api/desk";
import { Button } from "../../../components/Button";
import styles from "./TransactionForm.module.css";
import { differences } from "./words";

interface MeanwhileProps {
  mine: TransactionDraft;
  theirs: Transaction;
  onMine: () => void;
  onTheirs: () => void;
}

/** Somebody else saved this transaction while it was being changed: both versions, and the choice between them. */
export function Meanwhile({ mine, theirs, onMine, onTheirs }: MeanwhileProps) {
  const told = differences(mine, theirs);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section ref={box} role="alert" className={styles.meanwhile}>
      <p>
        Somebody saved this transaction while you were changing it
        {told.length === 0 ? ", just as you were about to." : ". Nothing of yours is lost yet:"}
      </p>
      {told.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Yours</th>
              <th scope="col">There now</th>
            </tr>
          </thead>
          <tbody>
            {told.map(({ field, mine, theirs }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td className="amount">{mine}</td>
                <td className="amount">{theirs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className={styles.actions}>
        <Button look="main" onClick={onTheirs}>
          Keep what is there
        </Button>
        {told.length > 0 && <Button onClick={onMine}>Save mine over it</Button>}
      </div>
    </section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { actionsQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { Skeleton } from "../../components/Skeleton";
import * as format from "../../lib/format";
import styles from "./Facts.module.css";

const SHOWN = 8;

/** Splits and dividends, newest first. */
export function Actions({ symbol }: { symbol: string }) {
  const { data, isPending } = useQuery(actionsQuery(symbol));
  const [all, showAll] = useState(false);
  const newest = [...(data?.actions ?? [])].sort((a, b) => b.ex_date.localeCompare(a.ex_date));
  return (
    <section>
      <h2>Splits and dividends</h2>
      {isPending && <Skeleton height={32 * SHOWN} />}
      {data && newest.length === 0 && <p className="quiet">None that the desk knows of.</p>}
      <dl className={styles.facts}>
        {newest.slice(0, all ? undefined : SHOWN).map(({ ex_date, kind, text }) => (
          <div key={`${ex_date}${kind}`}>
            <dt>{format.day(ex_date)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {newest.length > SHOWN && (
        <Button look="quiet" aria-expanded={all} onClick={() => showAll(!all)}>
          {all ? "Only the newest" : `All ${newest.length}`}
        </Button>
      )}
    </section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { actionsQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { Skeleton } from "../../components/Skeleton";
import { actionText } from "../../lib/actions";
import type { ChartAddress } from "../../lib/address";
import * as format from "../../lib/format";
import styles from "./Facts.module.css";

const SHOWN = 8;

interface ActionsProps {
  symbol: string;
  /** The chart's: dividends are told on the scale of its prices. */
  address: ChartAddress;
  /** The date of today. */
  today: string;
}

/** Splits and dividends, newest first. */
export function Actions({ symbol, address, today }: ActionsProps) {
  const { data, isPending } = useQuery(actionsQuery(symbol, address));
  const [all, showAll] = useState(false);
  const newest = [...(data?.actions ?? [])].sort((a, b) => b.ex_date.localeCompare(a.ex_date));
  return (
    <section>
      <h2>Splits and dividends</h2>
      {isPending && <Skeleton height={32 * SHOWN} />}
      {data && newest.length === 0 && <p className="quiet">None that the desk knows of.</p>}
      <dl className={styles.facts}>
        {newest.slice(0, all ? undefined : SHOWN).map((action) => (
          <div key={`${action.ex_date}${action.kind}`}>
            <dt>{format.day(action.ex_date)}</dt>
            <dd>{actionText(action, newest, address.adjust, today)}</dd>
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

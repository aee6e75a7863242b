import { Link } from "react-router";
import type { Firing } from "../../api/desk";
import { Notice } from "../../components/Notice";
import { alertsPath, symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { standing } from "./delivery";
import styles from "./Fired.module.css";

interface FiredProps {
  firings: readonly Firing[];
  /** Numbers of those that nobody had seen before they were shown here. */
  fresh: ReadonlySet<number>;
  /** The one whose delivery is looked at. */
  open: number | null;
  waiting: boolean;
}

/** What fired, the newest first. */
export function Fired({ firings, fresh, open, waiting }: FiredProps) {
  const now = useNow();
  if (firings.length === 0) {
    return (
      <Notice title="Nothing has fired yet">
        {waiting
          ? "What fires will stand here, with the proof that it was delivered."
          : "Make an alert, and it will stand here."}
      </Notice>
    );
  }
  return (
    <ol className={styles.list}>
      {firings.map((firing) => {
        const { text, tone } = standing(firing);
        return (
          <li
            key={firing.id}
            className={styles.row}
            data-fresh={fresh.has(firing.id) || undefined}
            data-open={firing.id === open || undefined}
          >
            <time className={styles.time} dateTime={firing.at} title={format.moment(firing.at)}>
              {format.soon(firing.at, now)}
              {fresh.has(firing.id) && <span className={styles.fresh}>new</span>}
            </time>
            <Subject firing={firing} />
            <Link
              className={styles.sentence}
              to={alertsPath({ channels: false, panel: { kind: "firing", firing: firing.id } })}
              aria-current={firing.id === open ? "true" : undefined}
            >
              {format.told(afterSymbol(firing))}
            </Link>
            <span className={styles.way} data-tone={tone}>
              {text}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Its words without the symbol that stands before them. */
function afterSymbol({ message, symbol }: Firing): string {
  return message.startsWith(`${symbol} `) ? message.slice(symbol.length + 1) : message;
}

/** A firing of a price is on a symbol, which has a page; a feed or a job has none. */
function Subject({ firing: { symbol, price } }: { firing: Firing }) {
  if (price === null) return <span className={styles.symbol}>{symbol}</span>;
  return (
    <Link className={styles.symbol} to={symbolPath(symbol)}>
      {symbol}
    </Link>
  );
}

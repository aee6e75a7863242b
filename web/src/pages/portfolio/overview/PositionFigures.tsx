/** What is told of one position, figure by figure: each can be asked why it is so. */

import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import type { Portfolio, Position, WhyFigure } from "../../../api/desk";
import { Amount, Return } from "../../../components/Amount";
import * as format from "../../../lib/format";
import { positionPath } from "../address";
import { Figure } from "../figures/Figure";
import styles from "./Overview.module.css";

/** Which position a row is of, or what it added. */
export function keyOf({ account, instrument, ticker }: Pick<Position, "account" | "instrument" | "ticker">): string {
  return `${account} ${instrument ?? `cash ${ticker}`}`;
}

export function Name({ portfolio, row, account }: { portfolio: Portfolio; row: Position; account: boolean }) {
  const [params] = useSearchParams();
  // What is one's own has no ticker, and is called by its name.
  const name = row.name === row.ticker ? null : row.name;
  const named = [row.instrument ? name : "Cash", account && row.account_name].filter(Boolean).join(" · ");
  return (
    <span className={styles.name}>
      {row.instrument ? (
        <Link to={positionPath(portfolio.id, row.instrument, params)} title={row.ticker}>
          {row.ticker}
        </Link>
      ) : (
        <strong>{row.ticker}</strong>
      )}
      <span title={named}>{named}</span>
    </span>
  );
}

interface AskedProps {
  row: Position;
  why: WhyFigure;
  label: string;
  children: ReactNode;
}

export function Asked({ row, why, label, children }: AskedProps) {
  return (
    <Figure why={why} of={row.instrument ?? undefined} inside={row.account} label={`${label} of ${row.ticker}`} walked>
      {children}
    </Figure>
  );
}

/** Its last price; where that is of an earlier day than the figures, or by hand, hatched, and the day said. */
export function Price({ row, day }: { row: Position; day: string }) {
  const { instrument, price, currency } = row;
  if (instrument === null) return null;
  if (price === null) return <span className={styles.lacks}>none</span>;
  const typed = price.source === "by hand";
  const old = typed || Date.parse(day) - Date.parse(price.day) > 4 * 86_400_000;
  return (
    <span className={old ? styles.old : undefined} title={`${format.day(price.day)}, ${price.source}`}>
      <Asked row={row} why="price" label="Price">
        <span>
          {/* What there is one of is worth its price. */}
          <span className={instrument.startsWith("own:") ? "amount" : undefined}>{format.unitPrice(price.price)}</span>{" "}
          <span className="quiet">{currency}</span>
        </span>
      </Asked>
      {old && (
        <span className="quiet">
          {" "}
          {format.day(price.day)}
          {typed && ", by hand"}
        </span>
      )}
    </span>
  );
}

/** Of all that is shown; of what is owed, or where the whole is not known, there is none. */
export function Share({ row }: { row: Position }) {
  if (row.share === null) return format.NONE;
  return (
    <Figure why="share" by="position" slice={keyOf(row)} label={`Share of ${row.ticker}`} walked>
      {format.shareFigure(row.share)}
    </Figure>
  );
}

export function DayChange({ row, past }: { row: Position; past: boolean }) {
  if (row.day_change === null) return <span className="quiet">{format.NONE}</span>;
  return (
    <Asked row={row} why="day_change" label={past ? "Change that day" : "Change today"}>
      <Return value={row.day_change.relative} />
    </Asked>
  );
}

/** Cash has no instrument to ask about: its balance is its value. */
function ValueOf({ row, children }: { row: Position; children: ReactNode }) {
  if (row.instrument === null) return children;
  return (
    <Asked row={row} why="value" label="Value">
      {children}
    </Asked>
  );
}

/** What it is worth; or that it is not known, and why. */
export function Value({ row, base }: { row: Position; base: string }) {
  if (row.value === null)
    return (
      <span className={styles.lacks} title={row.lacks}>
        not known
      </span>
    );
  return (
    <ValueOf row={row}>
      <Amount value={row.value} currency={base} />
    </ValueOf>
  );
}

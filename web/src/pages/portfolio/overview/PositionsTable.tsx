/** What is held: one row per position, cash last as it is told, with the whole below. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import type { Contribution, Portfolio, Position, Positions, WhyFigure } from "../../../api/desk";
import { quotesQuery } from "../../../api/queries";
import { Amount, Return } from "../../../components/Amount";
import { Sparkline } from "../../../components/Sparkline";
import type { Range } from "../../../lib/address";
import { signOf } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { asOfOf, positionPath } from "../address";
import { Figure } from "../figures/Figure";
import { type FigureColumn, FiguresTable } from "../figures/FiguresTable";
import { dayLine } from "./dayLine";
import styles from "./Overview.module.css";

interface TableProps {
  portfolio: Portfolio;
  positions: Positions;
  contributions: readonly Contribution[];
  range: Range;
}

export function PositionsTable({ portfolio, positions: told, contributions, range }: TableProps) {
  const { base, positions } = told;
  const { data } = useQuery(quotesQuery([...new Set(positions.flatMap(tickersOf))].sort()));
  const quotes = new Map(data?.quotes.map((quote) => [quote.symbol, quote]));
  const added = new Map(contributions.map((each) => [keyOf(each), each]));
  const past = asOfOf(useSearchParams()[0]) !== null;
  const several = portfolio.accounts.length > 1;
  const held = new Set(positions.map(keyOf));
  const gone = together(contributions.filter((each) => !held.has(keyOf(each))));

  const columns: FigureColumn<Position>[] = [
    {
      key: "name",
      title: "Position",
      words: true,
      show: (row) => <Name portfolio={portfolio} row={row} account={several} />,
      cell: ({ ticker }) => ticker,
      total: "All",
    },
    {
      key: "units",
      title: "Units",
      show: ({ instrument, units }) => instrument && <span className="amount">{format.exactly(units)}</span>,
      cell: ({ units }) => units,
      goes: 2,
    },
    {
      key: "price",
      title: "Price",
      show: (row) => <Price row={row} day={told.day} />,
      cell: ({ price }) => price?.price,
      goes: 3,
    },
    {
      key: "day",
      title: "Day",
      unit: "%",
      show: (row) => row.instrument && <DayChange row={row} past={past} />,
      cell: ({ day_change }) => day_change?.relative,
    },
    {
      key: "spark",
      title: "Line",
      show: (row) => {
        const quote = quotes.get(row.ticker);
        const line = dayLine(row, quote);
        return line && <Sparkline close={line} previousClose={quote?.previous_close ?? null} />;
      },
      words: true,
      goes: 1,
    },
    {
      key: "value",
      title: "Value",
      unit: base,
      show: (row) => <Value row={row} base={base} />,
      cell: ({ value }) => value,
      total: (
        <Figure why="value" label="Value of all" walked>
          <Amount value={told.value} currency={base} />
        </Figure>
      ),
    },
    {
      key: "share",
      title: "Share",
      unit: "%",
      show: (row) => <Share row={row} />,
      cell: ({ share }) => share,
      total: told.value !== null && positions.every(({ share }) => share !== null) && format.shareFigure(1),
      goes: 2,
    },
    {
      key: "cost",
      title: "Cost",
      unit: base,
      show: (row) =>
        row.instrument && (
          <Asked row={row} why="cost" label="Cost">
            <Amount value={row.cost} currency={base} />
          </Asked>
        ),
      cell: ({ cost }) => cost,
      total: (
        <Figure why="cost" label="Cost of all" walked>
          <Amount value={told.cost} currency={base} />
        </Figure>
      ),
      goes: 1,
    },
    {
      key: "gain",
      title: "Gain",
      unit: base,
      show: (row) =>
        row.instrument && (
          <Asked row={row} why="unrealised" label="Gain">
            <Amount value={row.gain} currency={base} moved />
          </Asked>
        ),
      cell: ({ gain }) => gain,
      total: (
        <Figure why="unrealised" label="Gain of all" walked>
          <Amount value={told.gain} currency={base} moved />
        </Figure>
      ),
    },
    {
      key: "return",
      title: "Return",
      unit: "% of cost",
      show: (row) =>
        row.instrument && (
          <Asked row={row} why="unrealised" label="Return">
            <Return value={row.gain_relative} />
          </Asked>
        ),
      cell: ({ gain_relative }) => gain_relative,
      total: <Return value={ofCost(told)} />,
    },
    {
      key: "added",
      title: "Added",
      unit: `% ${range}`,
      show: (row) => {
        const share = added.get(keyOf(row))?.share;
        if (row.instrument === null) return <Return value={share ?? null} />;
        return (
          <Asked row={row} why="contribution" label="Contribution">
            <Return value={share ?? null} />
          </Asked>
        );
      },
      cell: (row) => added.get(keyOf(row))?.share,
      total: <Return value={together(contributions)} />,
      goes: 1,
    },
  ];
  return (
    <>
      <FiguresTable
        caption="Positions"
        columns={columns}
        rows={positions}
        keyOf={keyOf}
        file={`${portfolio.name} positions ${told.day}`}
      />
      {gone !== 0 && (
        <p className="quiet">
          What is not held any more added {gone === null ? "what nobody knows" : <Return value={gone} />}.
        </p>
      )}
    </>
  );
}

/** The gain of all as a share of what all cost. */
function ofCost({ gain, cost }: Positions): number | null {
  return gain === null || cost === null || signOf(cost) === 0 ? null : Number(gain) / Number(cost);
}

/** What they added together; null where one of them is not known. */
function together(contributions: readonly Contribution[]): number | null {
  const shares = contributions.map(({ share }) => share);
  return shares.includes(null) ? null : shares.reduce<number>((total, share) => total + Number(share), 0);
}

type Part = Pick<Position, "account" | "instrument" | "currency" | "ticker">;

function keyOf({ account, instrument, ticker }: Part): string {
  return `${account} ${instrument ?? `cash ${ticker}`}`;
}

/** What the desk has quotes of: no cash, and nothing of one’s own. */
function tickersOf({ instrument, ticker }: Part): string[] {
  return instrument && !instrument.startsWith("own:") ? [ticker] : [];
}

function Name({ portfolio, row, account }: { portfolio: Portfolio; row: Position; account: boolean }) {
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

function Asked({ row, why, label, children }: AskedProps) {
  return (
    <Figure why={why} of={row.instrument ?? undefined} inside={row.account} label={`${label} of ${row.ticker}`} walked>
      {children}
    </Figure>
  );
}

/** Its last price; where that is of an earlier day than the figures, or by hand, hatched, and the day said. */
function Price({ row, day }: { row: Position; day: string }) {
  const { instrument, price, currency } = row;
  if (instrument === null) return null;
  if (price === null) return <span className={styles.lacks}>none</span>;
  const typed = price.source === "by hand";
  const old = typed || Date.parse(day) - Date.parse(price.day) > 4 * 86_400_000;
  return (
    <span className={old ? styles.old : undefined} title={`${format.day(price.day)}, ${price.source}`}>
      <Asked row={row} why="price" label="Price">
        <span>
          {format.exactly(price.price, 2)} <span className="quiet">{currency}</span>
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
function Share({ row }: { row: Position }) {
  if (row.share === null) return format.NONE;
  return (
    <Figure why="share" by="position" slice={keyOf(row)} label={`Share of ${row.ticker}`} walked>
      {format.shareFigure(row.share)}
    </Figure>
  );
}

function DayChange({ row, past }: { row: Position; past: boolean }) {
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
function Value({ row, base }: { row: Position; base: string }) {
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

/** What is held: one row per position, cash last as it is told, with the whole below. */

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Contribution, Portfolio, Position, Positions } from "../../../api/desk";
import { quotesQuery } from "../../../api/queries";
import { Amount, Return } from "../../../components/Amount";
import { Sparkline } from "../../../components/Sparkline";
import type { Range } from "../../../lib/address";
import { signOf } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { asOfOf } from "../address";
import { Figure } from "../figures/Figure";
import { type FigureColumn, FiguresTable } from "../figures/FiguresTable";
import { dayLine } from "./dayLine";
import { PositionCard } from "./PositionCard";
import { Asked, DayChange, keyOf, Name, Price, Share, Value } from "./PositionFigures";

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

  const name = (row: Position) => <Name portfolio={portfolio} row={row} account={several} />;
  const columns: FigureColumn<Position>[] = [
    {
      key: "name",
      title: "Position",
      words: true,
      show: name,
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
        card={(row) => <PositionCard row={row} name={name(row)} day={told.day} past={past} base={base} />}
        file={`${portfolio.name} positions ${told.day}`}
      />
      {gone !== 0 && (
        <p className="quiet">
          What is no longer held added {gone === null ? "some, and how much is not known" : <Return value={gone} />} in
          this stretch.
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

/** What the desk has quotes of: no cash, and nothing of one’s own. */
function tickersOf({ instrument, ticker }: Position): string[] {
  return instrument && !instrument.startsWith("own:") ? [ticker] : [];
}

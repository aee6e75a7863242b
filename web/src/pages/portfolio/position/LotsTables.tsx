/** The lots of a position: those that are held, and those that are gone with what was gained on them. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import type { ClosedLot, OpenLot, Portfolio, Position } from "../../../api/desk";
import { lotsQuery } from "../../../api/portfolios";
import { Amount, Return } from "../../../components/Amount";
import { Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import * as format from "../../../lib/format";
import { beside, scopeOf } from "../address";
import { Figure } from "../figures/Figure";
import { type FigureColumn, FiguresTable } from "../figures/FiguresTable";
import { METHODS } from "../settings/PortfolioFields";
import { boughtIn, worthOf } from "./cost";
import styles from "./Position.module.css";

interface LotsProps {
  portfolio: Portfolio;
  instrument: string;
  /** Its price now, where it has one. */
  row: Position | undefined;
}

export function LotsTables({ portfolio, instrument, row }: LotsProps) {
  const [params] = useSearchParams();
  const told = useQuery(lotsQuery(portfolio.id, { ...scopeOf(params), instrument }));
  if (told.isPending) return <Skeleton height={160} />;
  if (!told.data) return <Trouble error={told.error} onRetry={told.refetch} />;
  const { open, closed, base, method, total_closed } = told.data;
  const accounts = portfolio.accounts.length > 1;
  const abroad = [...open, ...closed].some((lot) => lot.currency !== base || lot.cost.currency !== base);
  return (
    <>
      {open.length > 0 && (
        <section>
          <h2 className={styles.title}>
            Lots held <span className="quiet">· a sale takes: {METHODS.find(([id]) => id === method)?.[1]}</span>
          </h2>
          <FiguresTable
            caption="Lots held"
            columns={openColumns(row, boughtIn(open), base, accounts, abroad)}
            rows={open}
            keyOf={(lot) => `${lot.opened} ${lot.account} ${lot.acquired} ${lot.units}`}
            file={`${instrument} lots`}
            further={[COST_IN]}
          />
        </section>
      )}
      {closed.length > 0 && (
        <section>
          <h2 className={styles.title}>
            Lots sold{total_closed > closed.length && `, the newest ${closed.length} of ${total_closed}`}
          </h2>
          <FiguresTable
            caption="Lots sold"
            order="sold"
            columns={closedColumns(base, accounts, abroad)}
            rows={closed}
            keyOf={(lot) => `${lot.opened} ${lot.closed} ${lot.units} ${lot.acquired}`}
            file={`${instrument} lots sold`}
            further={[COST_IN, PROCEEDS_IN]}
          />
        </section>
      )}
    </>
  );
}

/** A day that leads to the transaction of that day. */
function Day({ day, transaction }: { day: string; transaction: number | null }) {
  const [params] = useSearchParams();
  if (transaction === null) return format.day(day);
  return <Link to={beside(params, { edit: String(transaction) })}>{format.day(day)}</Link>;
}

function accountColumn(shown: boolean): FigureColumn<{ account_name: string }>[] {
  if (!shown) return [];
  const cell = ({ account_name }: { account_name: string }) => account_name;
  return [{ key: "account", title: "Account", words: true, show: cell, cell }];
}

interface AskedProps {
  lot: OpenLot | ClosedLot;
  label: string;
  /** What is asked of a lot that is held; one that is gone tells all in one answer. */
  why?: "cost" | "unrealised";
  children: ReactNode;
}

function Asked({ lot, label, why = "unrealised", children }: AskedProps) {
  const { instrument, account, opened } = lot;
  const gone = "closed" in lot;
  return (
    <Figure
      why={gone ? "realised" : why}
      of={instrument ?? undefined}
      inside={account}
      lot={opened}
      sale={gone ? (lot.closed ?? undefined) : undefined}
      label={`${label} of the lot of ${format.day(lot.acquired)}`}
      walked
    >
      {children}
    </Figure>
  );
}

/** What was gained in the portfolio's currency, and what of it the price did, the currency, fees and taxes. */
function gainColumns(base: string, abroad: boolean): FigureColumn<OpenLot | ClosedLot>[] {
  const amount = (
    key: "gain_base" | "price_effect" | "currency_effect" | "fees_base" | "taxes_base",
    title: string,
    moved: boolean,
  ): FigureColumn<OpenLot | ClosedLot> => ({
    key,
    title,
    unit: base,
    show: (lot) => <Amount value={lot[key]} currency={base} moved={moved} />,
    cell: (lot) => lot[key],
  });
  return [
    {
      ...amount("gain_base", "Gain", true),
      show: (lot) => (
        <Asked lot={lot} label="Gain">
          <Amount value={lot.gain_base} currency={base} moved />
        </Asked>
      ),
    },
    {
      key: "return",
      title: "Return",
      unit: "% of cost",
      show: (lot) => (
        <Asked lot={lot} label="Return">
          <Return value={relative(lot.gain_base, lot.cost.base)} />
        </Asked>
      ),
      cell: ({ gain_base, cost }) => relative(gain_base, cost.base),
    },
    ...(abroad ? [amount("price_effect", "of it price", true), amount("currency_effect", "of it currency", true)] : []),
    { ...amount("fees_base", "after fees", false), goes: 3 },
    { ...amount("taxes_base", "after taxes", false), goes: 2 },
  ];
}

function openColumns(
  row: Position | undefined,
  paid: string | undefined,
  base: string,
  accounts: boolean,
  abroad: boolean,
): FigureColumn<OpenLot>[] {
  const priced = row?.currency ?? undefined;
  return [
    {
      key: "acquired",
      title: "Bought",
      words: true,
      show: ({ acquired, opened }) => <Day day={acquired} transaction={opened} />,
      cell: ({ acquired }) => acquired,
    },
    ...(accountColumn(accounts) as FigureColumn<OpenLot>[]),
    {
      key: "units",
      title: "Units",
      show: ({ units }) => <span className="amount">{format.exactly(units)}</span>,
      cell: ({ units }) => units,
    },
    {
      key: "cost",
      title: "Cost",
      unit: paid,
      show: (lot) => (
        <Asked lot={lot} why="cost" label="Cost">
          <Amount value={lot.cost.amount} currency={lot.cost.currency} named={paid === undefined} />
        </Asked>
      ),
      cell: ({ cost }) => cost.amount,
    },
    {
      key: "value",
      title: "Value",
      unit: priced,
      show: (lot) => <Amount value={worthOf(lot, row)} currency={priced ?? base} />,
      cell: (lot) => worthOf(lot, row),
    },
    ...gainColumns(base, abroad),
    {
      key: "actions",
      title: "Changed by",
      words: true,
      show: ({ actions }) => format.told(actions.join(", ")),
      cell: ({ actions }) => actions.join(" "),
      goes: 1,
    },
  ];
}

function relative(gain: string | null, cost: string | null): number | null {
  return gain === null || cost === null || Number(cost) === 0 ? null : Number(gain) / Number(cost);
}

/** In the file alone, since each may be in another currency. */
const COST_IN: FigureColumn<OpenLot | ClosedLot> = {
  key: "cost_in",
  title: "Cost in",
  show: () => null,
  cell: ({ cost }) => cost.currency,
};
const PROCEEDS_IN: FigureColumn<ClosedLot> = {
  key: "proceeds_in",
  title: "Proceeds in",
  show: () => null,
  cell: ({ proceeds }) => proceeds.currency,
};

function closedColumns(base: string, accounts: boolean, abroad: boolean): FigureColumn<ClosedLot>[] {
  return [
    {
      key: "sold",
      title: "Sold",
      words: true,
      show: ({ day, closed }) => <Day day={day} transaction={closed} />,
      cell: ({ day }) => day,
    },
    {
      key: "bought",
      title: "Bought",
      words: true,
      show: ({ acquired, opened }) => <Day day={acquired} transaction={opened} />,
      cell: ({ acquired }) => acquired,
    },
    ...(accountColumn(accounts) as FigureColumn<ClosedLot>[]),
    {
      key: "days",
      title: "Held",
      unit: "days",
      show: ({ days }) => format.whole(days),
      cell: ({ days }) => days,
      goes: 2,
    },
    {
      key: "units",
      title: "Units",
      show: ({ units }) => <span className="amount">{format.exactly(units)}</span>,
      cell: ({ units }) => units,
    },
    {
      key: "cost",
      title: "Cost",
      show: (lot) => (
        <Asked lot={lot} label="Cost">
          <Amount value={lot.cost.amount} currency={lot.cost.currency} named />
        </Asked>
      ),
      cell: ({ cost }) => cost.amount,
    },
    {
      key: "proceeds",
      title: "Proceeds",
      show: (lot) => (
        <Asked lot={lot} label="Proceeds">
          <Amount value={lot.proceeds.amount} currency={lot.proceeds.currency} named />
        </Asked>
      ),
      cell: ({ proceeds }) => proceeds.amount,
    },
    ...gainColumns(base, abroad),
  ];
}

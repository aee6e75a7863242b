/** The lots of a position: those that are held, and those that are gone with what was gained on them. */

import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import type { ClosedLot, OpenLot, Portfolio, Position } from "../../../api/desk";
import { lotsQuery } from "../../../api/portfolios";
import { Amount, Return } from "../../../components/Amount";
import { Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import { negated, product, rounded, sum } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { beside, scopeOf } from "../address";
import { type FigureColumn, FiguresTable } from "../figures/FiguresTable";
import { METHODS } from "../settings/PortfolioFields";
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
  return (
    <>
      {open.length > 0 && (
        <section>
          <h2 className={styles.title}>
            Lots held <span className="quiet">· a sale takes: {METHODS.find(([id]) => id === method)?.[1]}</span>
          </h2>
          <FiguresTable
            caption="Lots held"
            columns={openColumns(row, accounts)}
            rows={open}
            keyOf={(lot) => `${lot.opened} ${lot.account} ${lot.acquired} ${lot.units}`}
            file={`${instrument} lots`}
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
            columns={closedColumns(base, accounts)}
            rows={closed}
            keyOf={(lot) => `${lot.opened} ${lot.closed} ${lot.units} ${lot.acquired}`}
            file={`${instrument} lots sold`}
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

/** What a lot is worth at the price of now, in the currency that it was bought in. */
function worthOf(lot: OpenLot, row: Position | undefined): string | null {
  if (!row?.price || row.currency !== lot.cost.currency) return null;
  const value = product(row.price.price, lot.units);
  return value && rounded(value, format.decimalsOf(lot.cost.currency));
}

function gainOf(lot: OpenLot, row: Position | undefined): string | null {
  const value = worthOf(lot, row);
  return value === null || lot.cost.amount === null ? null : sum(value, negated(lot.cost.amount));
}

function openColumns(row: Position | undefined, accounts: boolean): FigureColumn<OpenLot>[] {
  const unit = row?.currency ?? undefined;
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
      unit,
      show: ({ cost }) => <Amount value={cost.amount} currency={cost.currency} />,
      cell: ({ cost }) => cost.amount,
    },
    {
      key: "fees",
      title: "of it fees",
      show: ({ cost }) => <Amount value={cost.fees} currency={cost.currency} />,
      cell: ({ cost }) => cost.fees,
      goes: 2,
    },
    {
      key: "value",
      title: "Value",
      unit,
      show: (lot) => <Amount value={worthOf(lot, row)} currency={lot.cost.currency} />,
      cell: (lot) => worthOf(lot, row),
    },
    {
      key: "gain",
      title: "Gain",
      unit,
      show: (lot) => <Amount value={gainOf(lot, row)} currency={lot.cost.currency} moved />,
      cell: (lot) => gainOf(lot, row),
    },
    {
      key: "return",
      title: "Return",
      unit: "% of cost",
      show: (lot) => <Return value={relative(gainOf(lot, row), lot.cost.amount)} />,
      cell: (lot) => relative(gainOf(lot, row), lot.cost.amount),
    },
    {
      key: "actions",
      title: "Changed by",
      words: true,
      show: ({ actions }) => actions.join(", "),
      cell: ({ actions }) => actions.join(" "),
      goes: 1,
    },
  ];
}

function relative(gain: string | null, cost: string | null): number | null {
  return gain === null || cost === null || Number(cost) === 0 ? null : Number(gain) / Number(cost);
}

function closedColumns(base: string, accounts: boolean): FigureColumn<ClosedLot>[] {
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
      show: ({ cost }) => <Amount value={cost.amount} currency={cost.currency} named />,
      cell: ({ cost }) => cost.amount,
    },
    {
      key: "proceeds",
      title: "Proceeds",
      show: ({ proceeds }) => <Amount value={proceeds.amount} currency={proceeds.currency} named />,
      cell: ({ proceeds }) => proceeds.amount,
    },
    {
      key: "fees",
      title: "Fees",
      show: ({ cost, proceeds }) => <Amount value={sum(cost.fees, proceeds.fees)} currency={cost.currency} />,
      cell: ({ cost, proceeds }) => sum(cost.fees, proceeds.fees),
      goes: 1,
    },
    {
      key: "gain",
      title: "Gain",
      unit: base,
      show: ({ gain_base }) => <Amount value={gain_base} currency={base} moved />,
      cell: ({ gain_base }) => gain_base,
    },
    {
      key: "return",
      title: "Return",
      unit: "% of cost",
      show: ({ gain_base, cost }) => <Return value={relative(gain_base, cost.base)} />,
      cell: ({ gain_base, cost }) => relative(gain_base, cost.base),
    },
  ];
}

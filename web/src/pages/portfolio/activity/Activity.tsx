/** What happened? Every transaction, newest first; each can be changed, deleted and brought back. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Portfolio, Transaction } from "../../../api/desk";
import { batchesQuery } from "../../../api/imports";
import { everyTransaction, transactionsQuery } from "../../../api/portfolios";
import { Amount } from "../../../components/Amount";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import { type Column, Pager, Table } from "../../../components/Table";
import { signOf } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { useHiddenAmounts } from "../../../lib/look";
import { beside, changed } from "../address";
import { Empty } from "../Empty";
import type { PortfolioPageProps } from "../props";
import { useTransactionEdits } from "./edits";
import { FilterBar } from "./FilterBar";
import { askedOf, FILTERS, filtersOf, PAGE, pageOf } from "./filters";
import { KINDS } from "./kinds";
import { MoneyMoved } from "./MoneyMoved";
import { NoteOf } from "./NoteOf";
import { TransactionCard } from "./TransactionCard";
import { cameFor, priceOf, rateOf, titleOf } from "./words";

export default function Activity({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const asked = askedOf(filtersOf(params));
  const page = pageOf(params);
  const told = useQuery(transactionsQuery(portfolio.id, { ...asked, offset: page * PAGE, limit: PAGE }));
  const { data } = told;
  const filtered = FILTERS.some((name) => params.has(name));
  const of = useFileOf(portfolio, asked.batch);
  const pages = Math.max(1, Math.ceil((data?.total ?? 0) / PAGE));
  return (
    <>
      <h1>{data ? headline(data.total, asked.removed === true, filtered, of) : "Activity"}</h1>
      {(filtered || (data && data.total > 0)) && <FilterBar portfolio={portfolio} tags={data?.tags ?? []} />}
      {told.isPending && <Skeleton height={420} />}
      {told.error && !data && <Trouble error={told.error} onRetry={told.refetch} />}
      {data && data.total > 0 && (
        <>
          <Rows
            portfolio={portfolio}
            rows={data.transactions}
            all={() => everyTransaction(portfolio.id, asked)}
            removed={asked.removed === true}
          />
          {pages > 1 && (
            <Pager
              page={Math.min(page, pages - 1)}
              pages={pages}
              rows={data.total}
              onPage={(to) => navigate(changed(params, { page: to === 0 ? null : String(to + 1) }))}
            />
          )}
        </>
      )}
      {data?.total === 0 && !filtered && (
        <Empty portfolio={portfolio}>All figures are computed from transactions.</Empty>
      )}
    </>
  );
}

/** The file that all that is asked for came from; null where something else is asked for, too. */
function useFileOf(portfolio: Portfolio, batch: number | undefined): string | null {
  const [params] = useSearchParams();
  const { data } = useQuery({ ...batchesQuery(portfolio.id), enabled: batch !== undefined });
  if (FILTERS.some((name) => name !== "batch" && params.has(name))) return null;
  return data?.imports.find(({ id }) => id === batch)?.file ?? null;
}

function headline(total: number, removed: boolean, filtered: boolean, of: string | null): string {
  const count = total === 0 ? "No transactions" : format.counted(total, "transaction");
  if (removed) return total === 0 ? "Nothing was deleted in the last 30 days" : `${count} deleted`;
  if (of && total > 0) return `${count} of ${of}`;
  if (filtered) return total === 0 ? "No transaction is like that" : `${count} like that`;
  return total === 0 ? "No transactions yet" : count;
}

interface RowsProps {
  portfolio: Portfolio;
  rows: readonly Transaction[];
  all: () => Promise<readonly Transaction[]>;
  removed: boolean;
}

function Rows({ portfolio, rows, all, removed }: RowsProps) {
  const [params] = useSearchParams();
  const { restore } = useTransactionEdits(portfolio);
  const names = new Map(portfolio.accounts.map(({ id, name }) => [id, name]));
  const currencies = new Set(rows.map(({ currency }) => currency));
  const [one] = currencies.size === 1 ? currencies : [];
  const hidden = useHiddenAmounts();
  const title = (row: Transaction) => {
    const words = titleOf(hidden ? { ...row, quantity: "0" } : row);
    return removed ? words : <Link to={beside(params, { edit: String(row.id) })}>{words}</Link>;
  };
  const columns: Column<Transaction>[] = [
    { title: "Day", show: ({ day }) => format.day(day), cell: ({ day }) => day },
    { title: "Transaction", show: title, cell: ({ kind }) => KINDS[kind].label },
    { title: "Instrument", show: () => null, cell: ({ ticker, instrument }) => ticker ?? instrument },
    {
      title: "Units",
      number: true,
      show: ({ quantity }) => signOf(quantity) !== 0 && <span className="amount">{format.exactly(quantity)}</span>,
      cell: ({ quantity }) => quantity,
    },
    {
      title: "Price",
      number: true,
      show: (row) => priceOf(row) ?? rateOf(row),
      cell: ({ price }) => price,
    },
    {
      title: "Fee",
      number: true,
      show: ({ fee, fee_currency, currency, price_currency }) =>
        signOf(fee) !== 0 && (
          <Amount value={fee} currency={fee_currency || currency} named={!!(fee_currency || price_currency)} />
        ),
      cell: ({ fee }) => fee,
    },
    {
      title: "Tax",
      number: true,
      show: ({ tax, currency }) => signOf(tax) !== 0 && <Amount value={tax} currency={currency} />,
      cell: ({ tax }) => tax,
    },
    {
      title: "Amount",
      ...(one && { unit: one }),
      number: true,
      show: (row) => <MoneyMoved row={row} named={!one} />,
      cell: ({ cash }) => cash,
    },
    { title: "Currency", show: () => null, cell: ({ currency }) => currency },
    { title: "Received", show: () => null, cell: (row) => cameFor(row) && row.to_cash },
    { title: "Received in", show: () => null, cell: (row) => cameFor(row) && row.to_currency },
    {
      title: "Account",
      show: ({ account, to_account }) =>
        to_account ? `${names.get(account)} to ${names.get(to_account)}` : names.get(account),
      cell: ({ account }) => names.get(account),
    },
    { title: "To account", show: () => null, cell: ({ to_account }) => to_account && names.get(to_account) },
    { title: "Note", show: (row) => <NoteOf row={row} />, cell: ({ note }) => note },
    { title: "Tags", show: () => null, cell: ({ tags }) => tags?.join(" ") },
  ];
  const bringBack = removed && portfolio.right !== "read";
  const shown = columns.filter(({ title }) => !FILE_ONLY.has(title));
  const again: Column<Transaction> = {
    title: "Bring back",
    show: (row) => (
      <Button look="quiet" flush aria-label={`Bring back ${titleOf(row)}`} onClick={() => restore(row)}>
        Bring back
      </Button>
    ),
  };
  return (
    <Table
      caption={removed ? "Deleted transactions" : "Transactions"}
      columns={bringBack ? [...shown, again] : shown}
      inFile={columns}
      rows={rows}
      keyOf={({ id }) => id}
      file={`${portfolio.name} transactions`}
      all={all}
      cards
      card={(row) => (
        <TransactionCard
          row={row}
          title={title(row)}
          accounts={portfolio.accounts}
          action={bringBack && again.show(row)}
        />
      )}
    />
  );
}

/** Columns of the file whose words stand elsewhere in the table. */
const FILE_ONLY = new Set(["Instrument", "Currency", "Received", "Received in", "To account", "Tags"]);

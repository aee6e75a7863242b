/** What the page asks of portfolios, and does to them; whatever is done, all that is told of them is asked for again. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type {
  AccountDraft,
  Facts,
  Item,
  ItemDraft,
  Portfolio,
  PortfolioDraft,
  Transaction,
  TransactionDraft,
  WhyFigure,
} from "./desk";
import { answered } from "./problem";
import type { paths } from "./schema";

export const portfolioKeys = {
  all: ["portfolios"] as const,
  list: ["portfolios", "list"] as const,
  transactions: (id: number) => ["portfolios", id, "transactions"] as const,
};

const at = (number: number) => ({ params: { path: { number } } });

export function portfoliosQuery() {
  return queryOptions({
    queryKey: portfolioKeys.list,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/portfolios", { signal })),
  });
}

export function addPortfolio(body: PortfolioDraft) {
  return answered(client.POST("/api/v1/portfolios", { body }));
}

/** One to look around in, where the market is simulated. */
export function addSample() {
  return answered(client.POST("/api/v1/portfolios/sample"));
}

/** One as an export in JSON tells it, with all that is in it; called `name`, or as it was. */
export function addFromExport(file: File, name: string) {
  return answered(
    client.POST("/api/v1/portfolios/from-export", {
      params: { query: { name, file: file.name.slice(0, 80) } },
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
}

export function changePortfolio({ id, version }: Portfolio, body: PortfolioDraft) {
  return answered(client.PUT("/api/v1/portfolios/{number}", { ...at(id), body: { ...body, version } }));
}

/** For good: its name is the proof that it was meant. */
export function removePortfolio(number: number, name: string) {
  const params = { path: { number }, query: { name } };
  return answered(client.DELETE("/api/v1/portfolios/{number}", { params }));
}

export function addAccount(number: number, body: AccountDraft) {
  return answered(client.POST("/api/v1/portfolios/{number}/accounts", { ...at(number), body }));
}

export function changeAccount(number: number, account: number, body: AccountDraft) {
  const params = { path: { number, account } };
  return answered(client.PUT("/api/v1/portfolios/{number}/accounts/{account}", { params, body }));
}

export function removeAccount(number: number, account: number) {
  const params = { path: { number, account } };
  return answered(client.DELETE("/api/v1/portfolios/{number}/accounts/{account}", { params }));
}

type AskedOf<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Query } } }
  ? NonNullable<Query>
  : never;
type Asked = AskedOf<"/api/v1/portfolios/{number}/transactions">;

export function transactionsQuery(number: number, query: Asked) {
  return queryOptions({
    queryKey: [...portfolioKeys.transactions(number), query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/transactions", { params: { path: { number }, query }, signal })),
    placeholderData: keepPreviousData,
  });
}

const MOST_TRANSACTIONS = 500;

/** All that `query` asks for, the newest first, however many pages that are. */
export async function everyTransaction(number: number, query: Asked): Promise<Transaction[]> {
  const all: Transaction[] = [];
  for (;;) {
    const params = { path: { number }, query: { ...query, offset: all.length, limit: MOST_TRANSACTIONS } };
    const page = await answered(client.GET("/api/v1/portfolios/{number}/transactions", { params }));
    all.push(...page.transactions);
    if (page.transactions.length === 0 || all.length >= page.total) return all;
  }
}

/** For who edits it: what others change meanwhile is told when it is saved, so no edit asks for it anew. */
export function transactionQuery(number: number, transaction: number) {
  return queryOptions({
    queryKey: ["edited transaction", number, transaction],
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    queryFn: ({ signal }) => {
      const params = { path: { number, transaction } };
      return answered(client.GET("/api/v1/portfolios/{number}/transactions/{transaction}", { params, signal }));
    },
  });
}

const unasked = (oversold: boolean) => (oversold ? { oversold_too: true } : {});

/** `oversold`: also where a sale would lack its units by it. */
export function addTransaction(number: number, body: TransactionDraft, oversold = false) {
  const params = { path: { number }, query: unasked(oversold) };
  return answered(client.POST("/api/v1/portfolios/{number}/transactions", { params, body }));
}

export function changeTransaction(
  number: number,
  transaction: number,
  version: number,
  draft: TransactionDraft,
  oversold = false,
) {
  const params = { path: { number, transaction }, query: unasked(oversold) };
  const body = { ...draft, version };
  return answered(client.PUT("/api/v1/portfolios/{number}/transactions/{transaction}", { params, body }));
}

export function removeTransaction(
  number: number,
  { id, version }: Pick<Transaction, "id" | "version">,
  oversold = false,
) {
  const params = { path: { number, transaction: id }, query: { version, ...unasked(oversold) } };
  return answered(client.DELETE("/api/v1/portfolios/{number}/transactions/{transaction}", { params }));
}

export function restoreTransaction(number: number, transaction: number, oversold = false) {
  const params = { path: { number, transaction }, query: unasked(oversold) };
  return answered(client.POST("/api/v1/portfolios/{number}/transactions/{transaction}/restore", { params }));
}

const SECOND = 1000;
/** How soon figures are asked for again while one looks: prices move, and others may add to the portfolio. */
const LOOKED_AT_MS = 30 * SECOND;

/** As of which day, of which part, and over which stretch a figure is asked; what is left out is all of it. */
export interface Scope {
  as_of?: string;
  account?: number;
  instrument?: string;
  tag?: string;
}

type Spanned = Scope & AskedOf<"/api/v1/portfolios/{number}/returns">;

/** A past day's figures stay what they are, as far as the page is concerned. */
const again = ({ as_of }: Scope) => (as_of ? false : LOOKED_AT_MS);

export function positionsQuery(number: number, query: Scope) {
  return queryOptions({
    queryKey: ["portfolios", number, "positions", query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/positions", { params: { path: { number }, query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: again(query),
  });
}

export function historyQuery(number: number, query: Spanned) {
  return queryOptions({
    queryKey: ["portfolios", number, "history", query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/history", { params: { path: { number }, query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: again(query),
  });
}

export function returnsQuery(number: number, query: Spanned) {
  return queryOptions({
    queryKey: ["portfolios", number, "returns", query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/returns", { params: { path: { number }, query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: again(query),
  });
}

export function lotsQuery(number: number, query: Scope) {
  return queryOptions({
    queryKey: ["portfolios", number, "lots", query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/lots", { params: { path: { number }, query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function incomeQuery(number: number, query: Spanned) {
  return queryOptions({
    queryKey: ["portfolios", number, "income", query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/income", { params: { path: { number }, query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export type Dimension = NonNullable<AskedOf<"/api/v1/portfolios/{number}/allocation">["by"]>[number];

export function allocationQuery(number: number, query: Scope & { by: Dimension[] }) {
  return queryOptions({
    queryKey: ["portfolios", number, "allocation", query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/allocation", { params: { path: { number }, query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: again(query),
  });
}

export function checksQuery(number: number, query: Scope) {
  return queryOptions({
    queryKey: ["portfolios", number, "checks", query],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/portfolios/{number}/checks", { params: { path: { number }, query }, signal })),
    refetchInterval: again(query),
  });
}

type WhyAsked = AskedOf<"/api/v1/portfolios/{number}/why/{figure}">;

/** Why a figure is what it is. */
export function whyQuery(number: number, figure: WhyFigure, query: WhyAsked) {
  return queryOptions({
    queryKey: ["portfolios", number, "why", figure, query],
    queryFn: ({ signal }) => {
      const params = { path: { number, figure }, query };
      return answered(client.GET("/api/v1/portfolios/{number}/why/{figure}", { params, signal }));
    },
  });
}

/** The reader's own items: what no exchange lists, with prices that the reader enters. */
export function itemsQuery() {
  return queryOptions({
    queryKey: ["portfolios", "items"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/items", { signal })),
  });
}

/** A new item of the reader's. */
export function addItem(body: ItemDraft) {
  return answered(client.POST("/api/v1/items", { body }));
}

/** Replaces what an item is called, is, and is counted in. */
export function changeItem({ id, name, currency, type }: Item) {
  return answered(client.PUT("/api/v1/items/{number}", { ...at(id), body: { name, currency, type } }));
}

/** Forgets an item that no transaction names. */
export function removeItem(number: number) {
  return answered(client.DELETE("/api/v1/items/{number}", at(number)));
}

/** The reader’s own prices of what the market trades, by instrument: for days that nobody else tells a price of. */
export function handPricesQuery() {
  return queryOptions({
    queryKey: ["portfolios", "hand-prices"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/hand-prices", { signal })),
  });
}

/** Says such a price of a day; null forgets it. */
export function setHandPrice(instrument: string, day: string, price: string | null) {
  const params = { path: { instrument } };
  const body = { prices: [{ day, price }] };
  return answered(client.PUT("/api/v1/hand-prices/{instrument}", { params, body }));
}

/** Sets the price of an item on a day; null forgets it. */
export function setPrice(number: number, day: string, price: string | null) {
  const params = { path: { number } };
  return answered(client.PUT("/api/v1/items/{number}/prices", { params, body: { prices: [{ day, price }] } }));
}

/** What the reader has said of instruments, by instrument. */
export function factsQuery() {
  return queryOptions({
    queryKey: ["portfolios", "facts"],
    queryFn: async ({ signal }) =>
      (await answered(client.GET("/api/v1/facts", { signal }))) as { facts: Record<string, Facts> },
  });
}

/** Says what an instrument is; null: what the desk knows. */
export function setFacts(instrument: string, body: Facts) {
  return answered(client.PUT("/api/v1/facts/{instrument}", { params: { path: { instrument } }, body }));
}

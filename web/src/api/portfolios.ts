/** What the page asks of portfolios, and does to them; whatever is done, all that is told of them is asked for again. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type { AccountDraft, Portfolio, PortfolioDraft, Transaction, TransactionDraft } from "./desk";
import { answered } from "./problem";

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

type Asked = NonNullable<
  import("./schema").paths["/api/v1/portfolios/{number}/transactions"]["get"]["parameters"]["query"]
>;

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

export function transactionQuery(number: number, transaction: number) {
  return queryOptions({
    queryKey: [...portfolioKeys.transactions(number), transaction],
    queryFn: ({ signal }) => {
      const params = { path: { number, transaction } };
      return answered(client.GET("/api/v1/portfolios/{number}/transactions/{transaction}", { params, signal }));
    },
  });
}

export function addTransaction(number: number, body: TransactionDraft) {
  return answered(client.POST("/api/v1/portfolios/{number}/transactions", { ...at(number), body }));
}

export function changeTransaction(number: number, transaction: number, version: number, draft: TransactionDraft) {
  const params = { path: { number, transaction } };
  const body = { ...draft, version };
  return answered(client.PUT("/api/v1/portfolios/{number}/transactions/{transaction}", { params, body }));
}

export function removeTransaction(number: number, { id, version }: Pick<Transaction, "id" | "version">) {
  const params = { path: { number, transaction: id }, query: { version } };
  return answered(client.DELETE("/api/v1/portfolios/{number}/transactions/{transaction}", { params }));
}

export function restoreTransaction(number: number, transaction: number) {
  const params = { path: { number, transaction } };
  return answered(client.POST("/api/v1/portfolios/{number}/transactions/{transaction}/restore", { params }));
}

/** With whom somebody shares what is theirs: a watchlist or a portfolio, asked and changed alike. */

import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type { Share } from "./desk";
import { answered } from "./problem";

export interface Shareable {
  kind: "watchlist" | "portfolio";
  id: number;
}

interface Ways {
  told: (id: number, signal: AbortSignal) => Promise<{ shares: Share[] }>;
  give: (id: number, person: number, right: Share["right"]) => Promise<unknown>;
  take: (id: number, person: number) => Promise<unknown>;
}

const WAYS: Record<Shareable["kind"], Ways> = {
  watchlist: {
    told: (key, signal) =>
      answered(client.GET("/api/v1/watchlists/{key}/shares", { params: { path: { key } }, signal })),
    give: (key, person, right) => {
      const params = { path: { key, person } };
      return answered(client.PUT("/api/v1/watchlists/{key}/shares/{person}", { params, body: { right } }));
    },
    take: (key, person) => {
      const params = { path: { key, person } };
      return answered(client.DELETE("/api/v1/watchlists/{key}/shares/{person}", { params }));
    },
  },
  portfolio: {
    told: (number, signal) =>
      answered(client.GET("/api/v1/portfolios/{number}/shares", { params: { path: { number } }, signal })),
    give: (number, person, right) => {
      const params = { path: { number, person } };
      return answered(client.PUT("/api/v1/portfolios/{number}/shares/{person}", { params, body: { right } }));
    },
    take: (number, person) => {
      const params = { path: { number, person } };
      return answered(client.DELETE("/api/v1/portfolios/{number}/shares/{person}", { params }));
    },
  },
};

export function sharesQuery({ kind, id }: Shareable) {
  return queryOptions({
    queryKey: ["shares", kind, id],
    queryFn: ({ signal }) => WAYS[kind].told(id, signal),
  });
}

/** Lets a person see it, or change it too. */
export function giveShare({ kind, id }: Shareable, person: number, right: Share["right"]) {
  return WAYS[kind].give(id, person, right);
}

/** Takes the right back: its owner from anybody, everybody from themselves. */
export function takeShare({ kind, id }: Shareable, person: number) {
  return WAYS[kind].take(id, person);
}

/** Whom something can be shared with. */
export function namesQuery() {
  return queryOptions({
    queryKey: ["users", "names"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/users/names", { signal })),
  });
}

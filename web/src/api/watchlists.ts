/** Watchlists. */

import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type { Watchlist } from "./desk";
import { answered } from "./problem";

export function watchlistsQuery() {
  return queryOptions({
    queryKey: ["watchlists"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/watchlists", { signal })),
  });
}

/** Replaces the name and the symbols of a list, while it is still at the version that was seen. */
export function saveWatchlist({ id, name, symbols, version }: Watchlist) {
  const body = { name, symbols, version };
  return answered(client.PUT("/api/v1/watchlists/{key}", { params: { path: { key: id } }, body }));
}

export function addWatchlist(name: string) {
  return answered(client.POST("/api/v1/watchlists", { body: { name, symbols: [] } }));
}

export function removeWatchlist(id: number) {
  return answered(client.DELETE("/api/v1/watchlists/{key}", { params: { path: { key: id } } }));
}

export function restoreWatchlist(id: number) {
  return answered(client.POST("/api/v1/watchlists/{key}/restore", { params: { path: { key: id } } }));
}

export function arrangeWatchlists(order: number[]) {
  return answered(client.PUT("/api/v1/watchlists/order", { body: { order } }));
}

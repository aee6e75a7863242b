/** Changes to a watchlist: shown at once, sent behind in their order, taken back when the desk refuses. */

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Watchlist } from "../api/desk";
import { Problem } from "../api/problem";
import { saveWatchlist, watchlistsQuery } from "../api/queries";
import { say } from "./toast";

/** One after the other: each is made on what the one before has left. */
export const ONE_BY_ONE = { id: "watchlists" };

export function mayChange({ right }: Watchlist): boolean {
  return right !== "read";
}

/** Shows the lists as `change` leaves them until the desk tells them anew; returns them as they were. */
export async function showChanged(client: QueryClient, change: (lists: Watchlist[]) => Watchlist[]) {
  const { queryKey } = watchlistsQuery();
  await client.cancelQueries({ queryKey });
  const before = client.getQueryData(queryKey);
  client.setQueryData(queryKey, (told) => told && { ...told, watchlists: change(told.watchlists) });
  return { before };
}

export function sayNotSaved(error: Error): void {
  say({ text: `Not saved. ${error instanceof Problem ? error.detail : error.message}` });
}

/** Adds to, removes from and orders `list`; without one, nothing does anything. */
export function useEdits(list: Watchlist | undefined) {
  const client = useQueryClient();
  const { queryKey } = watchlistsQuery();
  const { mutate } = useMutation({
    scope: ONE_BY_ONE,
    mutationFn: saveWatchlist,
    // The desk gives each change the next version: so may the next change before it has answered.
    onMutate: (changed) =>
      showChanged(client, (lists) =>
        lists.map((each) => (each.id === changed.id ? { ...changed, version: changed.version + 1 } : each)),
      ),
    onError: (error, _changed, context) => {
      client.setQueryData(queryKey, context?.before);
      sayNotSaved(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey, exact: true }),
  });

  const change = (symbols: string[], text: string) => {
    if (!list) return;
    mutate({ ...list, symbols });
    say({ text, action: { label: "Undo", act: () => mutate({ ...list, version: list.version + 1 }) } });
  };
  const add = (symbol: string) => {
    if (!list) return;
    if (list.symbols.includes(symbol)) say({ text: `${symbol} is on ${list.name} already.` });
    else change([...list.symbols, symbol], `${symbol} is on ${list.name}.`);
  };
  const remove = (symbol: string) =>
    change(list?.symbols.filter((each) => each !== symbol) ?? [], `${symbol} is off ${list?.name}.`);
  const arrange = (symbols: string[], moved: string) =>
    change(symbols, `${moved} is at place ${symbols.indexOf(moved) + 1} of ${symbols.length}.`);
  return { add, remove, arrange };
}

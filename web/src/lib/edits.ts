/** Changes to a watchlist: shown at once, sent behind in their order, taken back when the desk refuses. */

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Watchlist } from "../api/desk";
import { Problem } from "../api/problem";
import { saveWatchlist, watchlistsQuery } from "../api/watchlists";
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
    mutationKey: keyOf(list?.id),
    mutationFn: saveWatchlist,
    onMutate: (changed) =>
      showChanged(client, (lists) => lists.map((each) => (each.id === changed.id ? saved(changed) : each))),
    onError: (error, _changed, context) => {
      client.setQueryData(queryKey, context?.before);
      sayNotSaved(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey, exact: true }),
  });

  const change = (next: (symbols: string[]) => string[], text: (symbols: string[]) => string) => {
    if (!list) return;
    const before = newest(client, list);
    const symbols = next(before.symbols);
    mutate({ ...before, symbols });
    const undo = () => mutate({ ...before, version: saved(before).version });
    say({ text: text(symbols), action: { label: "Undo", act: undo } });
  };
  const add = (symbol: string) => {
    if (list?.symbols.includes(symbol)) say({ text: `${symbol} is on ${list.name} already.` });
    else
      change(
        (symbols) => [...symbols, symbol],
        () => `${symbol} is on ${list?.name}.`,
      );
  };
  const remove = (symbol: string) =>
    change(
      (symbols) => symbols.filter((each) => each !== symbol),
      () => `${symbol} is off ${list?.name}.`,
    );
  /** Puts `moved` where `next` says. */
  const arrange = (next: (symbols: string[]) => string[], moved: string) =>
    change(next, (symbols) => `${moved} is at place ${symbols.indexOf(moved) + 1} of ${symbols.length}.`);
  return { add, remove, arrange };
}

function keyOf(list: number | undefined) {
  return ["watchlist", list];
}

/** `changed` as the desk will have it: each change gives it the next version. */
function saved(changed: Watchlist): Watchlist {
  return { ...changed, version: changed.version + 1 };
}

/** `list` as the change that was sent last will leave it: the next is made on that, before the desk has answered. */
function newest(client: QueryClient, list: Watchlist): Watchlist {
  const sent = client
    .getMutationCache()
    .findAll({ mutationKey: keyOf(list.id), status: "pending" })
    .at(-1);
  if (sent) return saved(sent.state.variables as Watchlist);
  const shown = client.getQueryData(watchlistsQuery().queryKey)?.watchlists.find(({ id }) => id === list.id);
  return shown ?? list;
}

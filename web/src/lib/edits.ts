/** Changes to a watchlist: shown at once, sent behind, taken back when the desk refuses. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Watchlist } from "../api/desk";
import { Problem } from "../api/problem";
import { saveWatchlist, watchlistsQuery } from "../api/queries";
import { say } from "./toast";

/** Adds to and removes from `list`; without one, neither does anything. */
export function useEdits(list: Watchlist | undefined) {
  const client = useQueryClient();
  const { queryKey } = watchlistsQuery();
  const { mutate } = useMutation({
    mutationFn: saveWatchlist,
    onMutate: async (changed) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData(queryKey);
      client.setQueryData(
        queryKey,
        (lists) =>
          lists && { ...lists, watchlists: lists.watchlists.map((each) => (each.id === changed.id ? changed : each)) },
      );
      return { before };
    },
    onError: (error, _changed, context) => {
      client.setQueryData(queryKey, context?.before);
      say({ text: error instanceof Problem ? `Not saved. ${error.detail}` : `Not saved. ${error.message}` });
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  });

  const add = (symbol: string) => {
    if (!list) return;
    if (list.symbols.includes(symbol)) {
      say({ text: `${symbol} is on ${list.name} already.` });
      return;
    }
    mutate({ ...list, symbols: [...list.symbols, symbol] });
    say({ text: `${symbol} is on ${list.name}.`, action: { label: "Undo", act: () => mutate(list) } });
  };
  const remove = (symbol: string) => {
    if (!list) return;
    mutate({ ...list, symbols: list.symbols.filter((each) => each !== symbol) });
    say({ text: `${symbol} is off ${list.name}.`, action: { label: "Undo", act: () => mutate(list) } });
  };
  return { add, remove };
}

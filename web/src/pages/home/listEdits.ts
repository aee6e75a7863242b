/** Changes to the watchlists among themselves: made, removed, put in order, brought back. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearchParams } from "react-router";
import type { Watchlist } from "../../api/desk";
import {
  addWatchlist,
  arrangeWatchlists,
  removeWatchlist,
  restoreWatchlist,
  saveWatchlist,
  watchlistsQuery,
} from "../../api/watchlists";
import { homeAddress, homePath } from "../../lib/address";
import { ONE_BY_ONE, sayNotSaved, showChanged } from "../../lib/edits";
import { say } from "../../lib/toast";

/** The address of another list, shown as this one is. */
export function useListPath(): (id: number | null) => string {
  const [params] = useSearchParams();
  return (list) => homePath({ ...homeAddress(params), list, arrange: false });
}

export function useListEdits() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const pathOf = useListPath();
  const { queryKey } = watchlistsQuery();
  const tellAnew = () => client.invalidateQueries({ queryKey, exact: true });
  const undone = (error: Error, _: unknown, context: { before: unknown } | undefined) => {
    client.setQueryData(queryKey, context?.before as never);
    sayNotSaved(error);
  };

  const add = useMutation({
    scope: ONE_BY_ONE,
    mutationFn: addWatchlist,
    onSuccess: async ({ id }) => {
      await tellAnew();
      navigate(pathOf(id));
    },
  });
  const rename = useMutation({ scope: ONE_BY_ONE, mutationFn: saveWatchlist, onSettled: tellAnew });
  const restore = useMutation({
    scope: ONE_BY_ONE,
    mutationFn: restoreWatchlist,
    onSuccess: async ({ id }) => {
      await tellAnew();
      navigate(pathOf(id));
    },
    onError: sayNotSaved,
  });
  const { mutate: remove } = useMutation({
    scope: ONE_BY_ONE,
    mutationFn: ({ id }: Watchlist) => removeWatchlist(id),
    onMutate: ({ id }) => showChanged(client, (lists) => lists.filter((each) => each.id !== id)),
    onSuccess: (_, { id, name }) =>
      say({ text: `${name} is removed.`, action: { label: "Undo", act: () => restore.mutate(id) } }),
    onError: undone,
    onSettled: tellAnew,
  });
  const { mutate: arrange } = useMutation({
    scope: ONE_BY_ONE,
    mutationFn: (lists: readonly Watchlist[]) => arrangeWatchlists(lists.map(({ id }) => id)),
    onMutate: (own) => showChanged(client, (lists) => [...own, ...lists.filter(({ owner }) => owner !== null)]),
    onError: undone,
    onSettled: tellAnew,
  });
  return {
    add,
    rename,
    /** Takes `list` away and goes to the first of those that stay. */
    remove: (list: Watchlist) => {
      remove(list);
      navigate(pathOf(null));
    },
    arrange,
    /** Goes on to the first list once the reader has left `list`. */
    left: async ({ id }: Watchlist) => {
      await showChanged(client, (lists) => lists.filter((each) => each.id !== id));
      navigate(pathOf(null));
      await tellAnew();
    },
  };
}

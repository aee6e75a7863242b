/** Changes to transactions: each can be undone from the line at the foot of the page. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Portfolio, Transaction, TransactionDraft } from "../../../api/desk";
import {
  addTransaction,
  changeTransaction,
  portfolioKeys,
  removeTransaction,
  restoreTransaction,
} from "../../../api/portfolios";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { draftAgain } from "./form";
import { titleOf } from "./words";

export function useTransactionEdits({ id: portfolio }: Pick<Portfolio, "id">) {
  const client = useQueryClient();
  const asked = () => client.invalidateQueries({ queryKey: portfolioKeys.all });
  const refused = (error: Error) => say({ text: `Not saved. ${whyNot(error)}` });

  const undo = useMutation({
    mutationFn: (send: () => Promise<unknown>) => send(),
    onError: refused,
    onSettled: asked,
  });
  const undoing = (text: string, send: () => Promise<unknown>) =>
    say({ text, action: { label: "Undo", act: () => undo.mutate(send) } });

  const remove = useMutation({
    mutationFn: (told: Transaction) => removeTransaction(portfolio, told),
    onSuccess: (_, told) => undoing(`${titleOf(told)} is deleted.`, () => restoreTransaction(portfolio, told.id)),
    onError: refused,
    onSettled: asked,
  });
  const restore = useMutation({
    mutationFn: (told: Transaction) => restoreTransaction(portfolio, told.id),
    onSuccess: (told) => undoing(`${titleOf(told)} is back.`, () => removeTransaction(portfolio, told)),
    onError: refused,
    onSettled: asked,
  });
  /** What the form sends; it shows a refusal itself. */
  const save = useMutation({
    mutationFn: ({ draft, before }: Saved) =>
      before ? changeTransaction(portfolio, before.id, before.version, draft) : addTransaction(portfolio, draft),
    onSuccess: (told, { before }) => {
      const back = () =>
        before
          ? changeTransaction(portfolio, told.id, told.version, draftAgain(before))
          : removeTransaction(portfolio, told);
      undoing(`${titleOf(told)} is ${before ? "changed" : "added"}.`, back);
    },
    onSettled: asked,
  });
  return { remove: remove.mutate, restore: restore.mutate, save };
}

interface Saved {
  draft: TransactionDraft;
  /** What it was, as far as the reader has seen; null: it is new. */
  before: Transaction | null;
}

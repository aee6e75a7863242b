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
import { areAmountsHidden } from "../../../lib/look";
import { asksFirst, whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { draftAgain } from "./form";
import { titleOf } from "./words";

export function useTransactionEdits({ id: portfolio }: Pick<Portfolio, "id">) {
  const client = useQueryClient();
  // Nobody waits for what is asked again: a panel closes as soon as the desk has written what it sent.
  const asked = () => {
    void client.invalidateQueries({ queryKey: portfolioKeys.all });
  };
  const refused = (error: Error) => say({ text: `Not saved. ${whyNot(error)}` });

  const undo = useMutation({
    mutationFn: (send: () => Promise<unknown>) => send(),
    onError: refused,
    onSettled: asked,
  });
  const undoing = (text: string, send: () => Promise<unknown>) =>
    say({ text, action: { label: "Undo", act: () => undo.mutate(send) } });

  const remove = useMutation({
    mutationFn: ({ told, oversold }: Moved) => removeTransaction(portfolio, told, oversold),
    onSuccess: (_, { told }) =>
      undoing(`${calledOf(told)} is deleted.`, () => restoreTransaction(portfolio, told.id, true)),
    onError: (error, { told }) =>
      asksFirst(error)
        ? say({
            text: lackOf(error),
            action: { label: "Delete all the same", act: () => remove.mutate({ told, oversold: true }) },
          })
        : refused(error),
    onSettled: asked,
  });
  const restore = useMutation({
    mutationFn: ({ told, oversold }: Moved) => restoreTransaction(portfolio, told.id, oversold),
    onSuccess: (told) => undoing(`${calledOf(told)} is back.`, () => removeTransaction(portfolio, told, true)),
    onError: (error, { told }) =>
      asksFirst(error)
        ? say({
            text: lackOf(error),
            action: { label: "Bring back all the same", act: () => restore.mutate({ told, oversold: true }) },
          })
        : refused(error),
    onSettled: asked,
  });
  /** What the form sends; it shows a refusal itself. */
  const save = useMutation({
    mutationFn: ({ draft, before, oversold }: Saved) =>
      before
        ? changeTransaction(portfolio, before.id, before.version, draft, oversold)
        : addTransaction(portfolio, draft, oversold),
    onSuccess: (told, { before }) => {
      const back = () =>
        before
          ? changeTransaction(portfolio, told.id, told.version, draftAgain(before), true)
          : removeTransaction(portfolio, told, true);
      undoing(`${calledOf(told)} is ${before ? "changed" : "added"}.`, back);
    },
    onSettled: asked,
  });
  return {
    remove: (told: Transaction) => remove.mutate({ told, oversold: false }),
    restore: (told: Transaction) => restore.mutate({ told, oversold: false }),
    save,
  };
}

interface Moved {
  told: Transaction;
  /** Whether a sale may lack its units by it. */
  oversold: boolean;
}

interface Saved {
  draft: TransactionDraft;
  /** What it was, as far as the reader has seen; null: it is new. */
  before: Transaction | null;
  /** Whether a sale may lack its units by it. */
  oversold: boolean;
}

/** What it is called at the foot of the page, without its units where amounts are hidden. */
function calledOf(told: Transaction): string {
  return titleOf(areAmountsHidden() ? { ...told, quantity: "0" } : told);
}

/** What it would take the units of, or only that, where amounts are hidden. */
function lackOf(error: Error): string {
  return areAmountsHidden() ? "A sale would lack its units." : whyNot(error);
}

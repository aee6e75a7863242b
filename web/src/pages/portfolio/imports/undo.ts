import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Batch, Portfolio } from "../../../api/desk";
import { type GoesToo, undoImport } from "../../../api/imports";
import { portfolioKeys } from "../../../api/portfolios";
import { Problem } from "../../../api/problem";
import * as format from "../../../lib/format";
import { asksFirst, whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";

/** Takes an import back; where some of it was changed since, or sales need its units, that is asked about first. */
export function useUndo({ id }: Pick<Portfolio, "id">) {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: ({ batch, too }: { batch: Batch; too: GoesToo }) => undoImport(id, batch, too),
    onSuccess: ({ transactions }, { batch }) =>
      say({ text: `${format.counted(transactions, "transaction")} of ${batch.file} undone.` }),
    onError: (error, { batch, too }) => {
      const changed = error instanceof Problem && error.status === 409;
      const more = asksFirst(error) ? { oversold_too: true } : { edited_too: true };
      const again = { label: "Undo all the same", act: () => mutate({ batch, too: { ...too, ...more } }) };
      say({ text: whyNot(error), ...(changed && { action: again }) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: portfolioKeys.all }),
  });
  return (batch: Batch, edited: boolean) => mutate({ batch, too: { edited_too: edited } });
}

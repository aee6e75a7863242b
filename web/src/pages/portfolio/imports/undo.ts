import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Batch, Portfolio } from "../../../api/desk";
import { type GoesToo, undoImport } from "../../../api/imports";
import { portfolioKeys } from "../../../api/portfolios";
import * as format from "../../../lib/format";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { wayOn } from "./wayOn";

/** Takes an import back; where some of it was changed since, or sales need its units, that is asked about first. */
export function useUndo({ id }: Pick<Portfolio, "id">) {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: ({ batch, too }: { batch: Batch; too: GoesToo }) => undoImport(id, batch, too),
    onSuccess: ({ transactions }, { batch }) =>
      say({ text: `${format.counted(transactions, "transaction")} of ${batch.file} undone.` }),
    onError: (error, { batch, too }) => {
      const way = wayOn(error, too);
      const again = way && { label: way.label, act: () => mutate({ batch, too: way.too }) };
      say({ text: whyNot(error), ...(again && { action: again }) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: portfolioKeys.all }),
  });
  return (batch: Batch, edited: boolean) => mutate({ batch, too: { edited_too: edited } });
}

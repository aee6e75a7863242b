import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Batch, Portfolio } from "../../../api/desk";
import { undoImport } from "../../../api/imports";
import { portfolioKeys } from "../../../api/portfolios";
import { Problem } from "../../../api/problem";
import * as format from "../../../lib/format";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";

/** Takes an import back; where some of it was changed since, that is asked about first. */
export function useUndo({ id }: Pick<Portfolio, "id">) {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: ({ batch, edited }: { batch: Batch; edited: boolean }) => undoImport(id, batch, edited),
    onSuccess: ({ transactions }, { batch }) =>
      say({ text: `${format.counted(transactions, "transaction")} of ${batch.file} undone.` }),
    onError: (error, { batch }) => {
      const changed = error instanceof Problem && error.status === 409;
      const again = { label: "Undo all the same", act: () => mutate({ batch, edited: true }) };
      say({ text: whyNot(error), ...(changed && { action: again }) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: portfolioKeys.all }),
  });
  return (batch: Batch, edited: boolean) => mutate({ batch, edited });
}

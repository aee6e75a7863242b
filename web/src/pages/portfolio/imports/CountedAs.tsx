/** An export's own way of counting, for a portfolio that is empty yet: taken over, and taken back. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Portfolio, PortfolioDraft } from "../../../api/desk";
import { changePortfolio, portfolioKeys } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import styles from "./Import.module.css";

interface CountedProps {
  portfolio: Portfolio;
  draft: PortfolioDraft;
}

export function CountedAs({ portfolio, draft }: CountedProps) {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: ({ seen, wanted }: { seen: Portfolio; wanted: PortfolioDraft }) => changePortfolio(seen, wanted),
    onSuccess: (told, { seen, wanted }) => {
      const text = `${told.name} is counted in ${told.base}.`;
      const undo = { label: "Undo", act: () => mutate({ seen: told, wanted: draftOf(seen) }) };
      say({ text, ...(wanted === draft && { action: undo }) });
    },
    onError: (error) => say({ text: `Not saved. ${whyNot(error)}` }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: portfolioKeys.all });
      await client.invalidateQueries({ queryKey: ["imports", "preview"] });
    },
  });
  return (
    <p className={styles.actions}>
      <Button disabled={isPending} onClick={() => mutate({ seen: portfolio, wanted: draft })}>
        Count {portfolio.name} as the export was
      </Button>
    </p>
  );
}

function draftOf({ name, base, method, benchmark, thresholds }: Portfolio): PortfolioDraft {
  return { name, base, method, benchmark, thresholds };
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { addSample, portfolioKeys } from "../../api/portfolios";
import { Button } from "../../components/Button";
import { Notice } from "../../components/Notice";
import { useMay } from "../../lib/me";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { tabPath } from "./address";
import { NewPortfolio } from "./settings/NewPortfolio";

/** The one useful thing to do first; `sample`: whether the desk can make one to look around in. */
export function NoPortfolio({ sample }: { sample: boolean }) {
  if (!useMay("member")) {
    return (
      <article className="alone">
        <Notice whole title="Nobody shares a portfolio with you yet">
          Members of the desk have portfolios, and share them.
        </Notice>
      </article>
    );
  }
  return (
    <article className="alone">
      <Notice whole title="How am I really doing?" action={sample && <SampleButton />}>
        <p>
          A portfolio answers that from its transactions: import a broker’s file, or type them. It needs a name and the
          currency that it is counted in; both can be changed.
          {sample && " Or look around first, in three years of somebody who saves in the simulated market."}
        </p>
      </Notice>
      <NewPortfolio />
    </article>
  );
}

function SampleButton() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    mutationFn: addSample,
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: portfolioKeys.list });
      navigate(tabPath(id, ""));
    },
    onError: (error) => say({ text: whyNot(error) }),
  });
  return (
    <Button disabled={isPending} onClick={() => mutate()}>
      {isPending ? "One moment" : "Make a sample portfolio"}
    </Button>
  );
}

/** What a portfolio is called and counted in, its accounts, who else has it, and the way to be rid of it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import type { Portfolio, PortfolioDraft } from "../../../api/desk";
import { changePortfolio, portfolioKeys, portfoliosQuery, removePortfolio } from "../../../api/portfolios";
import { Problem } from "../../../api/problem";
import { Button } from "../../../components/Button";
import { TextField } from "../../../components/Field";
import { Panel } from "../../../components/Panel";
import Sharing from "../../../components/Sharing";
import { whyNot, wrongOf } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { Accounts } from "./Accounts";
import styles from "./forms.module.css";
import { Items } from "./Items";
import { PortfolioFields } from "./PortfolioFields";

export default function SettingsPanel({ portfolio, back }: { portfolio: Portfolio; back: string }) {
  const gone = useGone(portfolio);
  return (
    <Panel title={`Settings of ${portfolio.name}`} back={back}>
      {portfolio.right === "owner" && <Counted portfolio={portfolio} back={back} />}
      {portfolio.right !== "read" && <Accounts portfolio={portfolio} />}
      {portfolio.right === "owner" && <Items />}
      <Sharing of={{ ...portfolio, kind: "portfolio" }} onLeft={gone} />
      <Export portfolio={portfolio} />
      {portfolio.owner === null && <Remove portfolio={portfolio} onGone={gone} />}
    </Panel>
  );
}

/** Goes away from its pages, and forgets it: what they ask of it is no longer there. */
function useGone({ id }: Portfolio) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return () => {
    client.setQueryData(
      portfoliosQuery().queryKey,
      (told) => told && { ...told, portfolios: told.portfolios.filter((each) => each.id !== id) },
    );
    navigate("/portfolio");
    // What is still on the page would ask again for what is no longer there.
    client.removeQueries({ queryKey: ["portfolios", id], type: "inactive" });
    return client.invalidateQueries({ queryKey: portfolioKeys.list });
  };
}

function Counted({ portfolio, back }: { portfolio: Portfolio; back: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { name, base, method, benchmark, thresholds } = portfolio;
  const [draft, setDraft] = useState<PortfolioDraft>({ name, base, method, benchmark, thresholds });
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => changePortfolio(portfolio, draft),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: portfolioKeys.all });
      navigate(back);
    },
    // What somebody else made of it is shown, and the next attempt is one on that.
    onError: (refused) =>
      refused instanceof Problem && refused.status === 409
        ? client.invalidateQueries({ queryKey: portfolioKeys.list })
        : undefined,
  });
  const wrong = wrongOf(error);
  const send = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  return (
    <form className={styles.form} onSubmit={send}>
      <PortfolioFields draft={draft} wrong={wrong} onChange={setDraft} />
      {error && !wrong && (
        <p role="alert" className={styles.wrong}>
          {whyNot(error)}
        </p>
      )}
      <div className={styles.actions}>
        <Button type="submit" look="main" disabled={isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

/** Everything in a file, that can be imported again without loss. */
function Export({ portfolio: { id } }: { portfolio: Portfolio }) {
  const to = (format: string) => `/api/v1/portfolios/${id}/export?format=${format}`;
  return (
    <section className={styles.part}>
      <p className={styles.actions}>
        Take all of it away as{" "}
        <a href={to("csv")} download>
          CSV
        </a>{" "}
        or{" "}
        <a href={to("json")} download>
          JSON
        </a>
      </p>
    </section>
  );
}

/** It cannot be brought back: its name is typed, and the button says what it does. */
function Remove({ portfolio, onGone }: { portfolio: Portfolio; onGone: () => Promise<void> }) {
  const [asked, setAsked] = useState(false);
  const [typed, setTyped] = useState("");
  const { mutate, error } = useMutation({
    mutationFn: () => removePortfolio(portfolio.id, typed.trim()),
    onSuccess: () => {
      say({ text: `${portfolio.name} is removed.` });
      return onGone();
    },
  });
  return (
    <section className={styles.part}>
      {asked ? (
        <>
          <p>All its transactions go with it, for good. Type its name to say that you mean it.</p>
          <TextField label="Its name" value={typed} error={error ? whyNot(error) : undefined} onChange={setTyped} />
          <div className={styles.actions}>
            <Button disabled={typed.trim() !== portfolio.name} onClick={() => mutate()}>
              Remove {portfolio.name} for good
            </Button>
          </div>
        </>
      ) : (
        <div className={styles.actions}>
          <Button look="quiet" flush onClick={() => setAsked(true)}>
            Remove the portfolio…
          </Button>
        </div>
      )}
    </section>
  );
}

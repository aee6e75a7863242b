/** A new portfolio with its first account: a name and a currency are all it needs. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import type { PortfolioDraft } from "../../../api/desk";
import { addAccount, addPortfolio, portfolioKeys } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { TextField } from "../../../components/Field";
import { whyNot, wrongOf } from "../../../lib/refusal";
import { tabPath } from "../address";
import { FromExport } from "./FromExport";
import styles from "./forms.module.css";
import { BLANK, PortfolioFields } from "./PortfolioFields";

export function NewPortfolio() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [draft, setDraft] = useState<PortfolioDraft>({ ...BLANK, name: "My portfolio" });
  const [account, setAccount] = useState("Broker");
  const { mutate, error, isPending } = useMutation({
    mutationFn: async () => {
      const made = await addPortfolio(draft);
      await addAccount(made.id, { name: account.trim() || "Broker", currency: made.base, broker: "" });
      return made;
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: portfolioKeys.all });
      navigate(tabPath(id, ""));
    },
  });
  const wrong = wrongOf(error);
  const send = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  return (
    <>
      <form className={styles.form} onSubmit={send}>
        <PortfolioFields draft={draft} wrong={wrong} onChange={setDraft} />
        <TextField label="First account" value={account} hint="A broker, a bank, a wallet" onChange={setAccount} />
        {error && !wrong && (
          <p role="alert" className={styles.wrong}>
            {whyNot(error)}
          </p>
        )}
        <div className={styles.actions}>
          <Button type="submit" look="main" disabled={isPending}>
            Make the portfolio
          </Button>
        </div>
      </form>
      <FromExport />
    </>
  );
}

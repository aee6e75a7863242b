import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Account, AccountDraft, Portfolio } from "../../../api/desk";
import { addAccount, changeAccount, portfolioKeys, removeAccount } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { whyNot } from "../../../lib/refusal";
import styles from "./forms.module.css";

/** Where money and units lie: renamed in place, and removed while no transaction is in them. */
export function Accounts({ portfolio }: { portfolio: Portfolio }) {
  const client = useQueryClient();
  const { mutate, error } = useMutation({
    mutationFn: (send: () => Promise<unknown>) => send(),
    onSuccess: () => client.invalidateQueries({ queryKey: portfolioKeys.all }),
  });
  return (
    <section className={styles.part} aria-labelledby="accounts">
      <h2 id="accounts">Accounts</h2>
      {portfolio.accounts.map((account) => (
        <Row
          key={`${account.id} ${account.name} ${account.currency}`}
          account={account}
          onSave={(draft) => mutate(() => changeAccount(portfolio.id, account.id, draft))}
          onRemove={() => mutate(() => removeAccount(portfolio.id, account.id))}
        />
      ))}
      <Row
        key={`new ${portfolio.accounts.length}`}
        account={null}
        onSave={(draft) => mutate(() => addAccount(portfolio.id, draft))}
      />
      {error && (
        <p role="alert" className={styles.wrong}>
          {whyNot(error)}
        </p>
      )}
    </section>
  );
}

interface RowProps {
  account: Account | null;
  onSave: (draft: AccountDraft) => void;
  onRemove?: () => void;
}

function Row({ account, onSave, onRemove }: RowProps) {
  const [name, setName] = useState(account?.name ?? "");
  const [currency, setCurrency] = useState(account?.currency ?? "");
  const same = name === (account?.name ?? "") && currency === (account?.currency ?? "");
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSave({ name, currency, broker: account?.broker ?? "" });
  };
  const of = account ? `of ${account.name}` : "of a new account";
  return (
    <form className={styles.account} onSubmit={send}>
      <input
        aria-label={`Name ${of}`}
        placeholder="Another account"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <input
        aria-label={`Currency ${of}`}
        placeholder="EUR"
        value={currency}
        onChange={(event) => setCurrency(event.target.value)}
      />
      {same && onRemove ? (
        <Button look="quiet" aria-label={`Remove ${account?.name}`} onClick={onRemove}>
          <Icon name="close" size={16} />
        </Button>
      ) : (
        <Button type="submit" disabled={!name || !currency}>
          {account ? "Save" : "Add"}
        </Button>
      )}
    </form>
  );
}

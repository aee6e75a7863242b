/** A new transaction. */

import type { Kind, Portfolio } from "../../../api/desk";
import { Notice } from "../../../components/Notice";
import { Panel } from "../../../components/Panel";
import { OnlyRead } from "../OnlyRead";
import { blank } from "./form";
import { TransactionForm } from "./TransactionForm";

interface NewProps {
  portfolio: Portfolio;
  kind: Kind;
  /** What it is of, where it is asked for from there. */
  instrument: string;
  back: string;
}

export default function TransactionPanel({ portfolio, kind, instrument, back }: NewProps) {
  const [account] = portfolio.accounts;
  if (portfolio.right === "read") {
    return (
      <Panel title="New transaction" back={back}>
        <OnlyRead portfolio={portfolio} />
      </Panel>
    );
  }
  if (!account) {
    return (
      <Panel title="New transaction" back={back}>
        <Notice title="There is no account yet">Add one in the settings of the portfolio.</Notice>
      </Panel>
    );
  }
  return (
    <Panel title="New transaction" back={back}>
      <TransactionForm
        portfolio={portfolio}
        begin={blank(kind, account, new Date().toLocaleDateString("sv"), instrument)}
        transaction={null}
        back={back}
      />
    </Panel>
  );
}

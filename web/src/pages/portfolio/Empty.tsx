import type { ReactNode } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Portfolio } from "../../api/desk";
import { Button } from "../../components/Button";
import { Notice } from "../../components/Notice";
import { beside, tabPath } from "./address";

interface EmptyProps {
  portfolio: Portfolio;
  /** Whether the page shows nothing else. */
  whole?: boolean;
  children: ReactNode;
}

/** Nothing has happened in a portfolio yet: what makes something happen. */
export function Empty({ portfolio, whole, children }: EmptyProps) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  return (
    <Notice
      whole={whole}
      title={`${portfolio.name} is empty`}
      action={
        portfolio.right !== "read" && (
          <>
            <Button look="main" onClick={() => navigate(tabPath(portfolio.id, "import"))}>
              Import a broker’s file
            </Button>
            <Button onClick={() => navigate(beside(params, { add: "deposit" }))}>Type a transaction</Button>
          </>
        )
      }
    >
      {children}
    </Notice>
  );
}

import { useNavigate, useSearchParams } from "react-router";
import { Button } from "../../../components/Button";
import { Notice } from "../../../components/Notice";
import { beside, tabPath } from "../address";
import type { PortfolioPageProps } from "../props";

/** Nothing has happened yet: what makes something happen. */
export function Begin({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  return (
    <Notice
      whole
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
      <p>Value, gains and returns are computed from its transactions, and each can be asked how.</p>
    </Notice>
  );
}

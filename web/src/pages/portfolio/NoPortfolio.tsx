import { Notice } from "../../components/Notice";
import { useMay } from "../../lib/me";
import { NewPortfolio } from "./settings/NewPortfolio";

/** The one useful thing to do first. */
export function NoPortfolio() {
  if (!useMay("member")) {
    return (
      <Notice whole title="Nobody shares a portfolio with you yet">
        Members of the desk have portfolios, and share them.
      </Notice>
    );
  }
  return (
    <>
      <Notice whole title="How am I really doing?">
        <p>
          A portfolio answers that from its transactions: import a broker’s file, or type them. It needs a name and the
          currency that it is counted in; both can be changed.
        </p>
      </Notice>
      <NewPortfolio />
    </>
  );
}

import { Notice } from "../../components/Notice";
import { NewPortfolio } from "./settings/NewPortfolio";

/** The one useful thing to do first. */
export function NoPortfolio() {
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

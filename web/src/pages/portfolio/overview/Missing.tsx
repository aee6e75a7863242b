import { Link, useSearchParams } from "react-router";
import type { Portfolio, Position } from "../../../api/desk";
import { positionPath } from "../address";

/** What to do where something that is held has no price. */
export function Missing({ portfolio, positions }: { portfolio: Portfolio; positions: readonly Position[] }) {
  const [params] = useSearchParams();
  const lacking = positions.filter(({ instrument, price }) => instrument !== null && price === null);
  const tickers = [...new Set(lacking.map(({ ticker }) => ticker))];
  const first = lacking[0]?.instrument;
  if (tickers.length === 0) return null;
  return (
    <p className="quiet">
      {tickers.join(", ")} {tickers.length === 1 ? "has" : "have"} no price of this day. Prices can be asked for on{" "}
      <Link to="/sources">Sources</Link> or imported from a file; what was before can be looked at with “As of”.
      {portfolio.right === "owner" && first && (
        <>
          {" "}
          Where nobody tells one, say it by hand on the page of{" "}
          {tickers.length === 1 ? (
            <Link to={positionPath(portfolio.id, first, params)}>{tickers[0]}</Link>
          ) : (
            "the position"
          )}
          .
        </>
      )}
    </p>
  );
}

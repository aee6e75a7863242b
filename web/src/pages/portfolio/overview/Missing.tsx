import { Link } from "react-router";
import type { Position } from "../../../api/desk";

/** What to do where something that is held has no price. */
export function Missing({ positions }: { positions: readonly Position[] }) {
  const lacking = positions.filter(({ instrument, price }) => instrument !== null && price === null);
  const tickers = [...new Set(lacking.map(({ ticker }) => ticker))];
  if (tickers.length === 0) return null;
  return (
    <p className="quiet">
      {tickers.join(", ")} {tickers.length === 1 ? "has" : "have"} no price of this day. Prices can be asked for on{" "}
      <Link to="/sources">Sources</Link> or imported from a file; what was before can be looked at with “As of”.
    </p>
  );
}

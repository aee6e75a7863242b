/** Prices by hand of what the market trades: its owner says one where nobody else does. */

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, useSearchParams } from "react-router";
import type { Portfolio, Position } from "../../../api/desk";
import { handPricesQuery, setHandPrice } from "../../../api/portfolios";
import { beside } from "../address";

/** Seldom asked for: most instruments have a market. */
const PriceForm = lazy(() => import("./PriceForm"));

interface HandPricesProps {
  portfolio: Portfolio;
  instrument: string;
  ticker: string;
  row: Position | undefined;
}

/** Offered where there is no price, and shown where one was said. */
export function HandPrices({ portfolio, instrument, ticker, row }: HandPricesProps) {
  const [params] = useSearchParams();
  const owned = portfolio.right === "owner";
  const { data } = useQuery({ ...handPricesQuery(), enabled: owned });
  const said = data?.prices[instrument];
  const lacking = row !== undefined && row.price === null;
  if (!owned || !data || (!said && !lacking)) return null;
  if (row !== undefined && row.currency === null) {
    return (
      <p className="quiet">
        It has no price, and nobody knows what it is traded in.{" "}
        <Link to={beside(params, { facts: instrument })}>Say its currency</Link>, then prices can be said by hand.
      </p>
    );
  }
  return (
    <Suspense>
      <PriceForm
        title="Prices by hand"
        about="They count on days without a close of the market, until the next price. Say each as it was on its day: a split since divides it. One that was said in another currency counts by the rate of its day."
        name={ticker}
        currency={row?.currency ?? null}
        prices={said?.prices ?? []}
        set={({ day, price }) => setHandPrice(instrument, day, price)}
      />
    </Suspense>
  );
}

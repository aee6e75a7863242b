/** Prices by hand of what the market trades: its owner says one where nobody else does. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Portfolio, Position } from "../../../api/desk";
import { handPricesQuery, setHandPrice } from "../../../api/portfolios";
import { TextField } from "../../../components/Field";
import { PriceForm } from "./PriceForm";

interface HandPricesProps {
  portfolio: Portfolio;
  instrument: string;
  ticker: string;
  row: Position | undefined;
}

/** Offered where there is no price, and shown where one was said. */
export function HandPrices({ portfolio, instrument, ticker, row }: HandPricesProps) {
  const [typed, setTyped] = useState("");
  const owned = portfolio.right === "owner";
  const { data } = useQuery({ ...handPricesQuery(), enabled: owned });
  const said = data?.prices[instrument];
  const lacking = row !== undefined && row.price === null;
  if (!owned || !data || (!said && !lacking)) return null;
  const currency = row?.currency ?? said?.currency ?? null;
  const code = currency ?? typed.trim().toUpperCase();
  return (
    <PriceForm
      title="Prices by hand"
      about="They count on days without a close of the market, until the next price. Say each as it was on its day: a split since divides it."
      name={ticker}
      currency={code || null}
      prices={said?.prices ?? []}
      set={({ day, price }) => setHandPrice(instrument, day, price, code || null)}
    >
      {currency === null && <TextField label="Currency" placeholder="USD" value={typed} onChange={setTyped} />}
    </PriceForm>
  );
}

/** The prices of an item that no exchange lists: its owner says one now and then, and it holds until the next. */

import { useQuery } from "@tanstack/react-query";
import { itemsQuery, setPrice } from "../../../api/portfolios";
import { useMay } from "../../../lib/me";
import PriceForm from "./PriceForm";

export default function OwnPrices({ instrument }: { instrument: string }) {
  const { data } = useQuery(itemsQuery());
  const item = data?.items.find((each) => each.instrument === instrument);
  const may = useMay("member");
  // An item of somebody who shares the portfolio is priced by them, and a viewer prices none.
  if (!item || !may) return null;
  const { id, name, currency, prices } = item;
  return (
    <PriceForm
      key={id}
      title="Its prices"
      name={name}
      currency={currency}
      prices={prices}
      set={({ day, price }) => setPrice(id, day, price)}
    />
  );
}

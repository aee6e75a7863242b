import { useQuery } from "@tanstack/react-query";
import { marketQuery } from "../../api/queries";

/** The desk's own market, and New York's, whose bell and holidays are told beside it while the demo market is on. */
export function useMarkets() {
  const own = useQuery(marketQuery());
  const demo = own.data?.demo ?? false;
  const newYork = useQuery({ ...marketQuery("XNYS"), enabled: demo });
  return { demo, own, newYork: demo ? newYork : own };
}

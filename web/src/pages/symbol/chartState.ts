/** The chart as its address says, and what will likely be asked of it next. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import type { Bars } from "../../api/desk";
import { Problem } from "../../api/problem";
import { actionsQuery, barsQuery } from "../../api/queries";
import { actionText } from "../../lib/actions";
import {
  type ChartAddress,
  chartAddress,
  chartQuery,
  inRange,
  isOwnStretch,
  RANGES,
  type Range,
} from "../../lib/address";
import { useKey } from "../../lib/hooks";

export type To = (change: Partial<ChartAddress>) => string;

/** The address, and the path of the same chart with some of it changed. */
export function useChartAddress(): [ChartAddress, To] {
  const [params] = useSearchParams();
  const { pathname } = useLocation();
  const address = chartAddress(params);
  const to: To = (change) => {
    const query = chartQuery({ ...address, ...change });
    return query ? `${pathname}?${query}` : pathname;
  };
  return [address, to];
}

/**
 * The bars of `address`, and the address they are of: where the desk has none of its interval, the fitting one's are
 * taken in their place, and `refusal` says why.
 */
export function useBars(symbol: string, address: ChartAddress) {
  // The chart of the last range stays until this one's is there; that of another symbol does not.
  const placeholderData = (before: Bars | undefined) => (before?.symbol === symbol ? before : undefined);
  const asked = useQuery({ ...barsQuery(symbol, address), placeholderData });
  const refusal = asked.error instanceof Problem && asked.error.field === "interval" ? asked.error.detail : null;
  const fitting = { ...address, interval: null };
  const instead = useQuery({ ...barsQuery(symbol, fitting), placeholderData, enabled: refusal !== null });
  return refusal === null ? { bars: asked, shown: address, refusal } : { bars: instead, shown: fitting, refusal };
}

/** `answer` with the words for its dividends on the scale of its prices. */
export function useOnScale(answer: Bars | undefined, address: ChartAddress, today: string): Bars | undefined {
  const { data } = useQuery({ ...actionsQuery(answer?.symbol ?? "", address), enabled: answer !== undefined });
  return useMemo(() => {
    if (!answer || !data) return answer;
    const actions = answer.actions.map((each) => ({
      ...each,
      text: actionText(each, data.actions, answer.adjust, today),
    }));
    return { ...answer, actions };
  }, [answer, data, today]);
}

/** Calls `act` once when the first price comes in of a symbol of which the desk had told that it has none. */
export function useFirstPrice(answered: boolean, priced: boolean, act: () => void): void {
  const awaited = useRef(false);
  useEffect(() => {
    if (priced && awaited.current) act();
    awaited.current = answered && !priced;
  }, [answered, priced, act]);
}

/** Fetches the ranges beside this one once it is shown; the result fetches any other that is likely next. */
export function useNeighbours(symbol: string, address: ChartAddress, ready: boolean): (range: string) => void {
  const client = useQueryClient();
  const { adjust, hours, asOf } = address;
  const own = isOwnStretch(address);
  const indicators = address.indicators.join(";");
  const near = useCallback(
    (wanted: string) => {
      const range = RANGES.find((each) => each === wanted);
      if (!range) return;
      const next = { ...inRange(range), adjust, hours, asOf, indicators: indicators ? indicators.split(";") : [] };
      void client.prefetchQuery(barsQuery(symbol, next));
    },
    [client, symbol, adjust, hours, asOf, indicators],
  );
  useEffect(() => {
    if (!ready || own) return;
    const at = RANGES.indexOf(address.range);
    for (const range of [RANGES[at - 1], RANGES[at + 1]]) if (range) near(range);
  }, [ready, own, address.range, near]);
  return near;
}

/** `t` for the table, `[` and `]` for a shorter and a longer range. */
export function useChartKeys(address: ChartAddress, to: To): void {
  const navigate = useNavigate();
  const step = (by: number) => {
    const range: Range | undefined = RANGES[RANGES.indexOf(address.range) + by];
    if (range) navigate(to(inRange(range)));
  };
  useKey("t", () => navigate(to({ table: !address.table }), { replace: true }));
  useKey("[", () => step(-1));
  useKey("]", () => step(1));
}

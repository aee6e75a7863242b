/** The alerts of a symbol as its chart shows them. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { alertKeys, changeRule, firingsQuery, rulesQuery, trialQuery } from "../../api/alerts";
import type { Draft, Rule, Trials } from "../../api/desk";
import { Problem } from "../../api/problem";
import type { Happening } from "../../charts/levels";
import type { Alerts } from "../../charts/PriceChart";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { say } from "../../lib/toast";
import { levelsOf, movedTo, sentenceOf } from "./levels";

/** Of so many of the newest firings those of a symbol are looked for. */
const FIRINGS = 200;

/** What waits, what fired, and what the rule numbered `trial` would have done. */
export function useAlerts(
  symbol: string,
  trial: number | null,
  decimals: number,
): Alerts & { sentence: string | null } {
  const rules = useQuery(rulesQuery()).data?.rules;
  const firings = useQuery(firingsQuery(FIRINGS)).data?.firings;
  const may = useMay("member");
  const tested = useTrial(may ? rules?.find(({ id }) => id === trial) : undefined);
  const levels = useMemo(() => levelsOf(rules ?? [], symbol), [rules, symbol]);
  const fired = useMemo(
    () => (firings ?? []).filter((each) => each.symbol === symbol).map((each) => happening(each.at, each.message)),
    [firings, symbol],
  );
  const own = tested?.trials.find((each) => each.symbol === symbol);
  const tried = useMemo(() => (own?.fired ?? []).map(({ at, message }) => happening(at, message, "Trial")), [own]);
  const name = rules?.find(({ id }) => id === trial)?.name;
  const onMove = useMove(symbol, rules, decimals);
  return {
    levels,
    fired,
    tried,
    onMove: may ? onMove : null,
    sentence: name && own ? sentenceOf(name, own, Date.now()) : null,
  };
}

function happening(at: string, message: string, what = "Alert"): Happening {
  return {
    at: Date.parse(at) / 1000,
    text: `${what} at ${format.exchangeTime(at, format.READERS_ZONE)}: ${format.told(message)}`,
  };
}

function useTrial(rule: Rule | undefined): Trials | undefined {
  const { data } = useQuery({ ...trialQuery(rule as Draft), enabled: rule !== undefined });
  return rule && data;
}

/** Moves a level: shown at once, told to the desk, taken back when it refuses; and said, to be undone. */
function useMove(symbol: string, rules: readonly Rule[] | undefined, decimals: number): NonNullable<Alerts["onMove"]> {
  const client = useQueryClient();
  const { queryKey } = rulesQuery();
  const { mutate } = useMutation({
    mutationFn: (rule: Rule) => changeRule(rule.id, rule),
    onSettled: () => client.invalidateQueries({ queryKey: alertKeys.rules }),
  });
  return useCallback(
    (id, level) => {
      const before = rules?.find((each) => each.id === id);
      if (before?.condition.type !== "Crosses") return;
      const save = (rule: Rule) => {
        void client.cancelQueries({ queryKey });
        client.setQueryData(
          queryKey,
          (kept) => kept && { ...kept, rules: kept.rules.map((each) => (each.id === id ? rule : each)) },
        );
        mutate(rule, {
          onError: (error) => say({ text: `Not moved. ${error instanceof Problem ? error.detail : error.message}` }),
        });
      };
      save(movedTo(before, level, decimals));
      const [from, to] = [before.condition.level, level].map((each) => format.price(each, decimals));
      say({
        text: `The alert on ${symbol} moved from ${from} to ${to}.`,
        action: { label: "Undo", act: () => save(before) },
      });
    },
    [client, mutate, queryKey, rules, symbol, decimals],
  );
}

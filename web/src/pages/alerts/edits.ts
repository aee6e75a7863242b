/** Changes to the rules: shown at once, sent behind, taken back when the desk refuses. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { addRule, alertKeys, changeRule, removeRule, rulesQuery } from "../../api/alerts";
import type { Rule, Rules } from "../../api/desk";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { draftAgain } from "./draft";

interface Edit {
  /** How the list looks once it is done. */
  shown: (rules: readonly Rule[]) => Rule[];
  send: () => Promise<unknown>;
}

export function useRuleEdits() {
  const client = useQueryClient();
  const { queryKey } = rulesQuery();
  const { mutate } = useMutation({
    mutationFn: ({ send }: Edit) => send(),
    onMutate: async ({ shown }: Edit) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (told: Rules | undefined) => told && { ...told, rules: shown(told.rules) });
      return { before };
    },
    onError: (error, _edit, context) => {
      client.setQueryData(queryKey, context?.before);
      say({ text: `Not saved. ${whyNot(error)}` });
    },
    onSettled: () => client.invalidateQueries({ queryKey: alertKeys.all }),
  });

  const toggle = (rule: Rule) => {
    const changed = { ...rule, enabled: !rule.enabled };
    mutate({
      shown: (rules) => rules.map((each) => (each.id === rule.id ? changed : each)),
      send: () => changeRule(rule.id, draftAgain(changed)),
    });
  };
  const remove = (rule: Rule) => {
    mutate({
      shown: (rules) => rules.filter(({ id }) => id !== rule.id),
      send: () => removeRule(rule.id),
    });
    // One that has ended comes back switched off and without its end, which the desk would refuse.
    const back = rule.over === "ended" ? { ...rule, enabled: false, expires: null, over: null } : rule;
    const again = () => mutate({ shown: (rules) => [...rules, back], send: () => addRule(draftAgain(back)) });
    say({ text: `${rule.name} is removed.`, action: { label: "Undo", act: again } });
  };
  const discard = (id: number) => mutate({ shown: (rules) => [...rules], send: () => removeRule(id) });
  return { toggle, remove, discard };
}

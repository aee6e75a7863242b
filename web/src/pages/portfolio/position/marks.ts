/** What was done and what happened with a position, as marks on its chart. */

import type { Action, Transaction } from "../../../api/desk";
import { barOf, type Mark } from "../../../charts/columns";
import { actionText } from "../../../lib/actions";
import * as format from "../../../lib/format";
import { titleOf } from "../activity/words";

const LETTERS: Partial<Record<Transaction["kind"], string>> = {
  buy: "B",
  sell: "S",
  dividend: "D",
  delivery_in: "B",
  delivery_out: "S",
  opening: "B",
  transfer: "T",
  spin_off: "O",
  merger: "M",
  rename: "R",
  return_of_capital: "C",
};

/** Splits are told with a sign of their own: a letter would be taken for a sale. */
const SPLIT = "÷";

/** What was done and what happened by the end of `until`: the chart's last day. */
export function marksOf(
  ts: readonly number[],
  transactions: readonly Transaction[],
  actions: readonly Action[],
  until: string,
): Mark[] {
  const done = transactions.flatMap((each) => {
    const letter = LETTERS[each.kind];
    return letter ? [{ day: each.day, letter, text: textOf(each) }] : [];
  });
  const happened = actions
    .filter(({ kind, ex_date }) => kind === "split" && ex_date <= until)
    .map((each) => ({ day: each.ex_date, letter: SPLIT, text: actionText(each, actions, "raw", until) }));
  const marks = new Map<number, Mark>();
  for (const { day, letter, text } of [...done, ...happened]) {
    const at = Date.parse(day) / 1000;
    const index = at < (ts[0] ?? Infinity) ? -1 : barOf(ts, at, false);
    if (index < 0) continue;
    const before = marks.get(index);
    const letters = before && !before.letter.includes(letter) ? `${before.letter} ${letter}` : letter;
    marks.set(index, { index, letter: letters, text: before ? `${before.text}; ${text}` : text });
  }
  return [...marks.values()].sort((a, b) => a.index - b.index);
}

function textOf(told: Transaction): string {
  const at = told.price ? ` at ${format.exactly(told.price, 2)}` : "";
  return `${titleOf(told)}${at}`;
}

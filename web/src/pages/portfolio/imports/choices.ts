/** What somebody decided about a file, and which step of its import comes next. */

import type { Account, Choices, Mapping, Matched, Preview, PreviewRow } from "../../../api/desk";
import * as format from "../../../lib/format";

export const STEPS = ["upload", "map", "match", "preview"] as const;
export type Step = (typeof STEPS)[number];

export const STEP_NAMES: Record<Step, string> = {
  upload: "Upload",
  map: "Map",
  match: "Match",
  preview: "Preview and confirm",
};

export type Question = NonNullable<Preview["question"]>;

/** The questions that were `answered`, with the one that was shown while somebody decided. */
export function withAnswered(answered: readonly Question[], { question }: Preview): readonly Question[] {
  if (question === null || answered.some(({ option }) => option === question.option)) return answered;
  return [...answered, question];
}

export function fresh(file: string): Choices {
  return {
    file,
    answers: { preset: "", dates: "", decimal: "", zone: "", currency: "", rate: "", sheet: "", mapping: null },
    accounts: {},
    instruments: {},
    take: [],
    leave: [],
    midway: false,
  };
}

/** Where the rows go: `Into Degiro.`, `Into a new account, Degiro in EUR.`; null where nothing of the file goes anywhere. */
export function intoText({ accounts: places }: Preview, accounts: readonly Account[]): string | null {
  const names = places.map(({ account, name, currency }) => {
    if (account === null) return `a new account, ${name} in ${currency}`;
    return accounts.find(({ id }) => id === account)?.name ?? name;
  });
  const every = [...new Set(names)];
  if (every.length === 0) return null;
  return `Into ${every.length > 2 ? every.join("; ") : every.join(" and ")}.`;
}

/** What a file calls an instrument beside its name: nothing twice. */
export function besides({ named, name, isin }: Pick<Matched, "named" | "name" | "isin">): string {
  const first = name || named;
  return [isin, named].find((each) => each && each !== first) ?? "";
}

/** How far one can go: to the step at which somebody must decide, else to what would be booked. */
export function furthest({ question, instruments }: Preview): Step {
  if (question) return "map";
  return instruments.some(({ id }) => id === null) ? "match" : "preview";
}

/** Where one is: at the step that is `wanted`, as far as one can go; else where there is something to look at. */
export function stepAt(preview: Preview, wanted: string | null, answered: readonly Question[] = []): Step {
  const end = furthest(preview);
  const asked = stepsOf(preview, answered).find((step) => step === wanted);
  if (asked && STEPS.indexOf(asked) <= STEPS.indexOf(end)) return asked;
  const books = preview.ready || preview.unheld_total > 0;
  return books && preview.instruments.some(({ sure }) => !sure) ? "match" : end;
}

/** The steps that there are for this file: one that no preset knows or that was asked about is mapped, one with
 * instruments matched. */
export function stepsOf(
  { question, columns, instruments, accounts }: Preview,
  answered: readonly Question[] = [],
): Step[] {
  return STEPS.filter((step) => {
    if (step === "map") return question !== null || columns !== null || answered.length > 0;
    if (step === "match") return !question && instruments.length + accounts.length > 0;
    return step === "upload" || !question;
  });
}

/** What the row shall become: booked where it would not be, left out where it would. */
export function turned(choices: Choices, { fingerprint, state }: PreviewRow): Choices {
  const without = (all: readonly string[]) => all.filter((each) => each !== fingerprint);
  if (state === "new") return { ...choices, take: without(choices.take), leave: [...choices.leave, fingerprint] };
  // What was left out is as it was before; what was not to be booked by itself is taken on purpose.
  const left = choices.leave.includes(fingerprint);
  const take = state === "alike" || !left ? [...choices.take, fingerprint] : choices.take;
  return { ...choices, leave: without(choices.leave), take };
}

/** Whether one can decide about a row at all: what is here already stays, and what is yet to come waits. */
export function isTurnable({ state }: PreviewRow): boolean {
  return state === "new" || state === "alike" || state === "left";
}

/** `mapping` with `field` read from `column`; from none where that is empty. */
export function withColumn(mapping: Mapping, field: string, column: string): Mapping {
  const { [field]: _, ...others } = mapping.columns;
  return { ...mapping, columns: column ? { ...others, [field]: column } : others };
}

/** `mapping` in which `word` means no kind. */
export function withoutWord(mapping: Mapping, word: string): Mapping {
  const { [word]: _, ...kinds } = mapping.kinds ?? {};
  return { ...mapping, kinds };
}

/** What booking would do, or what is to be decided first. */
export function bookText({ ready, counts, unheld_total }: Preview, into: string): string {
  if (ready) return `Book ${broughtText(counts)} into ${into}`;
  return unheld_total > 0 ? "Units are not there for some of it" : "Nothing of it is new";
}

/** What an import brings: transactions, or where all of them are here, what was said by hand alone. */
export function broughtText(counts: Record<string, number>): string {
  return !counts.new && counts.beside ? "prices and facts by hand" : format.counted(counts.new ?? 0, "transaction");
}

/** What becomes of a file’s rows, in words: `38 new, 2 known already`. */
export function countsText(counts: Record<string, number>): string {
  const told = WORDS.flatMap(([name, words]) => (counts[name] ? [`${counts[name]} ${words}`] : []));
  return told.join(", ") || "nothing";
}

const WORDS = [
  ["new", "new"],
  ["known", "here already"],
  ["alike", "like others that are here"],
  ["future", "yet to come"],
  ["left", "left out"],
  ["problems", "not understood"],
  ["ignored", "without effect"],
  ["beside", "said by hand beside"],
] as const;

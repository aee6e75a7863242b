/** The checks in words: what each looks at, and in which unit its number and its threshold are. */

import type { Check, Portfolio } from "../../../api/desk";
import * as format from "../../../lib/format";

export type Thresholds = Portfolio["thresholds"];

interface Words {
  title: string;
  /** Which of the portfolio’s own thresholds it goes by; null: it has none. */
  threshold: keyof Thresholds | null;
  share: boolean;
}

const CHECKS: Record<string, Words> = {
  position: { title: "One position", threshold: "position", share: true },
  sector: { title: "One sector", threshold: "sector", share: true },
  currency: { title: "A foreign currency", threshold: "currency", share: true },
  cash: { title: "Cash", threshold: "cash", share: true },
  price_missing: { title: "Prices that are missing", threshold: null, share: false },
  price_stale: { title: "Prices that are old", threshold: "stale_days", share: false },
  negative_cash: { title: "Cash below nothing", threshold: null, share: false },
  cost_missing: { title: "Costs that are missing", threshold: null, share: false },
};

export function wordsOf(name: string): Words {
  return CHECKS[name] ?? { title: name.replaceAll("_", " "), threshold: null, share: false };
}

export function numberText({ name, number }: Pick<Check, "name" | "number">): string {
  if (number === null) return format.NONE;
  return wordsOf(name).share ? format.share(Number(number)) : format.exactly(number);
}

export function thresholdText({ name, threshold }: Pick<Check, "name" | "threshold">): string {
  const { share, threshold: own } = wordsOf(name);
  if (share) return format.share(Number(threshold));
  return own === "stale_days" ? format.counted(Number(threshold), "day") : format.exactly(threshold);
}

/** `2 of 8 checks ask for attention`. */
export function headline(checks: readonly Pick<Check, "state">[]): string {
  const told = checks.filter(({ state }) => state === "attention").length;
  const unknown = checks.filter(({ state }) => state === "unknown").length;
  const rest = unknown > 0 ? `; ${unknown} cannot be told` : "";
  if (told === 0) return unknown > 0 ? `${format.counted(unknown, "check")} cannot be told` : "All is as you want it";
  return `${told} of ${format.counted(checks.length, "check")} ${told === 1 ? "asks" : "ask"} for attention${rest}`;
}

/** A share as one types it in percent: `20` for `0.2`. */
export function typedPercent(share: string): string {
  return String(Number((Number(share) * 100).toFixed(4)));
}

/** And back, exactly: `0.125` for `12.5`; what is no number stays, for the desk to say so. */
export function shareTyped(percent: string): string {
  const number = Number(percent.trim());
  return percent.trim() === "" || !Number.isFinite(number) ? percent : String(Number((number / 100).toFixed(6)));
}

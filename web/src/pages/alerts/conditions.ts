/** What a rule can wait for, in plain words, and what each has to be told. */

import type { Condition } from "../../api/desk";

export type ConditionType = Condition["type"];
/** The fields of a condition as they are written, by the names that the desk has for them. */
export type Values = Readonly<Record<string, string>>;

export interface ConditionField {
  name: string;
  label: string;
  /** Where the name is that of a choice, what there is to choose of; else a number, a whole one, a feed or a text. */
  of: "number" | "whole" | "feed" | "text" | readonly (readonly [value: string, label: string])[];
  initial: string;
  unit?: string;
  /** What an empty field means, where it may be empty. */
  empty?: string;
  when?: (values: Values) => boolean;
}

interface ConditionKind {
  group: string;
  label: string;
  about: string;
  fields: readonly ConditionField[];
  /** A few words for the rule's name. */
  brief: (values: Values) => string;
}

const direction = (up: string, down: string, either: string): ConditionField => ({
  name: "direction",
  label: "Which way",
  of: [
    ["either", either],
    ["up", up],
    ["down", down],
  ],
  initial: "either",
});
const crossing = direction("From below", "From above", "Either way");
const sessions = (empty?: string): ConditionField => ({
  name: "days",
  label: "Of the last",
  of: "whole",
  unit: "sessions",
  initial: empty ? "" : "20",
  ...(empty && { empty }),
});
const minutes: ConditionField = { name: "minutes", label: "For", of: "whole", unit: "minutes", initial: "5" };

const PRICE = "The price";
const TRADING = "Trading";
const DAYS = "Indicators, at the day’s close";
const DESK = "The desk itself";

export const CONDITIONS: Readonly<Record<ConditionType, ConditionKind>> = {
  Crosses: {
    group: PRICE,
    label: "it reaches a level",
    about: "Tells when the price comes to the level from the other side.",
    fields: [{ name: "level", label: "Level", of: "number", initial: "" }, crossing],
    brief: ({ level }) => `reaches ${level}`,
  },
  Moves: {
    group: PRICE,
    label: "it moves by a percentage",
    about: "Tells when the price is that far from where it was.",
    fields: [
      { name: "percent", label: "By", of: "number", unit: "%", initial: "1" },
      direction("Rises", "Falls", "Rises or falls"),
      {
        name: "since",
        label: "Measured from",
        of: [
          ["previous_close", "The previous close"],
          ["open", "Today’s open"],
          ["minutes", "Some minutes ago"],
          ["last_alert", "The last alert’s price"],
        ],
        initial: "previous_close",
      },
      { ...minutes, label: "Minutes ago", initial: "15", when: ({ since }) => since === "minutes" },
    ],
    brief: ({ percent, direction, since, minutes }) => {
      const verb = direction === "up" ? "rises" : direction === "down" ? "falls" : "moves";
      const from: Record<string, string> = {
        open: " from the open",
        minutes: ` in ${minutes} min`,
        last_alert: " since the last alert",
      };
      return `${verb} ${percent} %${from[since ?? ""] ?? ""}`;
    },
  },
  NewExtreme: {
    group: PRICE,
    label: "it makes a new high or low",
    about: "Tells when the price goes beyond all prices of the sessions before this one.",
    fields: [
      {
        name: "of",
        label: "A new",
        of: [
          ["high", "High"],
          ["low", "Low"],
        ],
        initial: "high",
      },
      sessions(),
    ],
    brief: ({ of, days }) => `new ${of} of ${days} sessions`,
  },
  Drawdown: {
    group: PRICE,
    label: "it falls below its high",
    about: "Tells when the price is that far below its highest; a new high makes it wait for the next fall.",
    fields: [
      { name: "percent", label: "By", of: "number", unit: "%", initial: "10" },
      sessions("Empty: of all that is known"),
    ],
    brief: ({ percent }) => `${percent} % below its high`,
  },
  VolumeSpike: {
    group: TRADING,
    label: "more is traded than usual",
    about: "Tells when the day’s volume so far reaches so many times that of a whole usual day.",
    fields: [
      { name: "times", label: "At least", of: "number", unit: "times the mean", initial: "2" },
      { ...sessions(), unit: "days" },
    ],
    brief: ({ times }) => `trades ${times} times its usual volume`,
  },
  Spread: {
    group: TRADING,
    label: "the spread is wide",
    about: "Tells when ask and bid are that far apart, in per cent of their middle.",
    fields: [{ name: "percent", label: "At least", of: "number", unit: "%", initial: "0.5" }],
    brief: ({ percent }) => `spread of ${percent} %`,
  },
  AverageCross: {
    group: DAYS,
    label: "it crosses an average",
    about: "Judged once a day, on closing prices.",
    fields: [
      {
        name: "kind",
        label: "Averages",
        of: [
          ["sma", "Simple"],
          ["ema", "Exponential"],
        ],
        initial: "sma",
      },
      { name: "slow", label: "The average over", of: "whole", unit: "days", initial: "50" },
      {
        name: "fast",
        label: "Crossed by that over",
        of: "whole",
        unit: "days",
        initial: "",
        empty: "Empty: crossed by the close itself",
      },
      crossing,
    ],
    brief: ({ kind, slow, fast }) =>
      `${fast ? `${kind?.toUpperCase()} ${fast}` : ""} crosses ${kind?.toUpperCase()} ${slow}`,
  },
  MacdCross: {
    group: DAYS,
    label: "the MACD crosses its signal",
    about: "Judged once a day, on closing prices.",
    fields: [
      { name: "fast", label: "Fast average", of: "whole", unit: "days", initial: "12" },
      { name: "slow", label: "Slow average", of: "whole", unit: "days", initial: "26" },
      { name: "signal", label: "Signal", of: "whole", unit: "days", initial: "9" },
      crossing,
    ],
    brief: () => "MACD crosses its signal",
  },
  RsiCross: {
    group: DAYS,
    label: "the RSI crosses a level",
    about: "Judged once a day, on closing prices. 70 is commonly called overbought, 30 oversold.",
    fields: [
      { name: "level", label: "Level", of: "number", initial: "70" },
      { name: "window", label: "Over", of: "whole", unit: "days", initial: "14" },
      crossing,
    ],
    brief: ({ level }) => `RSI crosses ${level}`,
  },
  Stale: {
    group: DESK,
    label: "a symbol falls silent",
    about: "Tells when nothing was heard of it for that long while its market is open.",
    fields: [minutes],
    brief: ({ minutes }) => `silent for ${minutes} min`,
  },
  FeedDown: {
    group: DESK,
    label: "a feed is down",
    about: "Tells when a stream of prices has been away for that long.",
    fields: [{ name: "feed", label: "Feed", of: "feed", initial: "", empty: "Any feed" }, minutes],
    brief: ({ feed, minutes }) => `${feed || "Any feed"} is down for ${minutes} min`,
  },
  JobFailed: {
    group: DESK,
    label: "a job fails",
    about: "Tells when something that the desk does by itself did not work.",
    fields: [{ name: "job", label: "Job", of: "text", initial: "", empty: "Empty: any job" }],
    brief: ({ job }) => `${job || "Any job"} fails`,
  },
};

export const GROUPS: readonly string[] = [PRICE, TRADING, DAYS, DESK];

export const TYPES = Object.keys(CONDITIONS) as ConditionType[];

/** Whether a condition is of symbols, and not of the desk's feeds and jobs. */
export function isOfSymbols(type: ConditionType): boolean {
  return type !== "FeedDown" && type !== "JobFailed";
}

/** Whether there is anything in the past to try it on. */
export function canBeTried(type: ConditionType): boolean {
  return isOfSymbols(type) && type !== "Spread" && type !== "Stale";
}

export function initialValues(type: ConditionType): Values {
  return Object.fromEntries(CONDITIONS[type].fields.map(({ name, initial }) => [name, initial]));
}

/** The fields that are asked for, given what was chosen in the others. */
export function fieldsOf(type: ConditionType, values: Values): readonly ConditionField[] {
  return CONDITIONS[type].fields.filter(({ when }) => when?.(values) ?? true);
}

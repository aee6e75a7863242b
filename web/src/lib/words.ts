/** What the choices of a chart are called, and why one would take them. */

import type { Adjust, Hours, Scale } from "./address";

type Words = readonly [label: string, hint: string];

export const CHOICES: Record<Adjust | Scale | Hours, Words> = {
  raw: ["Raw", "Prices as they were traded"],
  split: ["Split", "Comparable across splits"],
  total: ["Total", "Comparable across splits and dividends: what an investor earned"],
  linear: ["Linear", "Equal steps in price"],
  log: ["Log", "Equal steps in per cent"],
  percent: ["%", "Change since the left edge"],
  regular: ["Regular", "Only while the exchange is open"],
  extended: ["Extended", "Before and after hours too"],
};

/** The page's words, explained once. */

export const COLUMNS: readonly (readonly [word: string, meaning: string])[] = [
  ["Price", "The last price the source has told. Its age stands under “Updated”."],
  ["Change", "The price less the previous session’s close, in the symbol’s currency and in per cent of that close."],
  ["Day", "The session so far; the dashed line is the previous close."],
  ["Volume", "Units traded in the session so far. K, M and B are thousands, millions and thousands of millions."],
  ["Live", "As fresh as the source gives it."],
  ["Delayed", "The source holds prices back, usually by 15 minutes."],
  ["Close", "The exchange is shut; this is where it ended."],
  ["Stale", "Older than the exchange’s last session, or than it should be while that is open. Do not rely on it."],
  ["Simulated", "Invented by the demo market. No such company trades anywhere."],
  ["Raw", "Prices exactly as they were traded on the day."],
  ["Split", "Earlier prices divided by later splits, so that a 4-for-1 split is no fall."],
  ["Total", "Adjusted for splits and dividends: what an investor who reinvested them earned."],
  ["VWAP", "Volume-weighted average price: what the average unit changed hands for."],
  [
    "Volatility",
    "How much the returns of the bars named beside it scatter, as a yearly standard deviation in per cent.",
  ],
  ["Deepest fall", "The largest drop from a high to a later low within the range."],
  ["Beta", "How much a symbol moves when the first of the comparison moves by one."],
  ["Correlation", "From 1, always together, over 0, unrelated, to \u22121, always against each other."],
  ["Set aside", "A row that cannot be right: kept with its reason under Sources, and not shown as a price."],
];

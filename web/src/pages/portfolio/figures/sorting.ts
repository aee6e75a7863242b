/** The order of rows by a figure, however it is told. */

import { isNumber } from "../../../lib/decimal";

type Sorted = string | number | null | undefined;

/** `rows` by what `of` tells of them; what is missing comes last, whichever way. */
export function sortedBy<Row>(rows: readonly Row[], of: (row: Row) => Sorted, descending: boolean): Row[] {
  const way = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: keyOf(of(row)) }))
    .sort(({ key: a }, { key: b }) => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      if (typeof a === "number" && typeof b === "number") return way * (a - b);
      return way * String(a).localeCompare(String(b), "en");
    })
    .map(({ row }) => row);
}

/** Amounts are told as texts, and are numbers all the same. */
function keyOf(value: Sorted): string | number | null {
  if (value == null || value === "") return null;
  return typeof value === "string" && isNumber(value) ? Number(value) : value;
}

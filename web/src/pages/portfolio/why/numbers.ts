/** The numbers of an explanation as one reads them: what was computed is cut, what was told stands as it was told. */

import type { Why } from "../../../api/desk";
import { isNumber, rounded } from "../../../lib/decimal";
import * as format from "../../../lib/format";

type Input = Pick<Why["inputs"][number], "label" | "value" | "unit">;

/** More decimals than anybody tells are those of a computed number. */
const TOLD = 8;
const SHOWN = 6;

export function numberOf({ label, value, unit }: Input, base: string): string {
  if (!isNumber(value)) return value;
  const [whole = "", decimals = ""] = value.split(".");
  const money = label !== "units" && (unit === base || unit.startsWith("cash "));
  if (decimals.length <= TOLD) return format.exactly(value, money ? 2 : 0);
  if (money) return format.amount(value, base);
  const idle = Number(whole) === 0 ? decimals.search(/[1-9]/) : 0;
  return format.exactly(rounded(value, SHOWN + idle));
}

/** An amount of money, which a reader who is not alone can have blurred; colour and sign where it is a gain. */

import { signOf } from "../lib/decimal";
import * as format from "../lib/format";
import { Move } from "./Move";

interface AmountProps {
  /** Exactly, as the desk tells it; null: it is missing, and said so. */
  value: format.Exact | format.Missing;
  currency: string;
  /** Whether it is a gain or a loss. */
  moved?: boolean;
  /** Whether its currency is named beside it, where no heading does. */
  named?: boolean;
}

export function Amount({ value, currency, moved = false, named = false }: AmountProps) {
  const text = (named ? format.money : format.amount)(value, currency, moved);
  if (value == null) return <span className="quiet">{text}</span>;
  return <span className="amount figures">{moved ? <Move value={signOf(value)} text={text} /> : text}</span>;
}

/** A return, told as a fraction. */
export function Return({ value, digits = 2 }: { value: format.Exact | number | format.Missing; digits?: number }) {
  if (value == null) return <span className="quiet">{format.NONE}</span>;
  return <Move value={Number(value)} text={format.gain(value, digits)} />;
}

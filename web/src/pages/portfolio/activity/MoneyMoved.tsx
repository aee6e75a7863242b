import type { Transaction } from "../../../api/desk";
import { Amount } from "../../../components/Amount";
import { signOf } from "../../../lib/decimal";
import { cameFor } from "./words";

interface MoneyProps {
  row: Pick<Transaction, "cash" | "currency" | "to_cash" | "to_currency">;
  /** Whether the currency is named, where no heading does. */
  named: boolean;
}

/** What an account gave or got, and of an exchange what came for it. */
export function MoneyMoved({ row, named }: MoneyProps) {
  const { cash, currency } = row;
  const came = cameFor(row);
  if (!cash || signOf(cash) === 0) return null;
  return (
    <span>
      <Amount value={cash} currency={currency} named={named || came !== null} />
      {came && (
        <>
          {" "}
          <span className="quiet">for</span> <span className="amount figures">{came}</span>
        </>
      )}
    </span>
  );
}

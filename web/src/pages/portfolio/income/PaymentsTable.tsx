import { Link, useSearchParams } from "react-router";
import type { Income } from "../../../api/desk";
import { Amount } from "../../../components/Amount";
import { Card } from "../../../components/Card";
import * as format from "../../../lib/format";
import { beside } from "../address";
import { type FigureColumn, FiguresTable } from "../figures/FiguresTable";

type Payment = Income["payments"][number];

interface PaymentsProps {
  income: Income;
  name: string;
  /** Whether all are of one instrument, which then need not be named. */
  one?: boolean;
}

/** Every dividend and interest that came, the newest first, in the portfolio's currency at the rate of its day. */
export function PaymentsTable({ income: { payments, base }, name, one = false }: PaymentsProps) {
  const [params] = useSearchParams();
  const amount = (key: "gross" | "tax" | "fee" | "net", title: string): FigureColumn<Payment> => ({
    key,
    title,
    unit: base,
    show: (row) => <Amount value={row[key]} currency={base} />,
    cell: (row) => row[key],
  });
  const columns: FigureColumn<Payment>[] = [
    {
      key: "day",
      title: "Day",
      words: true,
      show: ({ day, transaction }) => <Link to={beside(params, { edit: String(transaction) })}>{format.day(day)}</Link>,
      cell: ({ day }) => day,
    },
    ...(one ? [] : [nameColumn]),
    { key: "account", title: "Account", words: true, show: (row) => row.account_name, cell: (row) => row.account_name },
    amount("gross", "Gross"),
    amount("tax", "Tax"),
    amount("fee", "Fee"),
    amount("net", "Received"),
  ];
  const card = (row: Payment) => (
    <Card
      title={
        <Link to={beside(params, { edit: String(row.transaction) })}>{one ? format.day(row.day) : named(row)}</Link>
      }
      value={<Amount value={row.net} currency={base} />}
      facts={[!one && <span key="day">{format.day(row.day)}</span>, <span key="account">{row.account_name}</span>]}
    >
      {row.gross !== row.net && (
        <span>
          <Amount value={row.gross} currency={base} /> gross
        </span>
      )}
    </Card>
  );
  return (
    <FiguresTable
      caption="Payments"
      order="payments"
      columns={columns}
      rows={payments}
      keyOf={({ transaction, instrument }) => `${transaction} ${instrument}`}
      card={card}
      file={`${name} payments`}
    />
  );
}

const named = ({ instrument, ticker }: Payment) => (instrument ? ticker : `Interest, ${ticker}`);
const nameColumn: FigureColumn<Payment> = { key: "of", title: "Of", words: true, show: named, cell: named };

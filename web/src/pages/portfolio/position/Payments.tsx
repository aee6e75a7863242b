import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Portfolio } from "../../../api/desk";
import { incomeQuery } from "../../../api/portfolios";
import { Trouble } from "../../../components/Notice";
import { scopeOf } from "../address";
import { PaymentsTable } from "../income/PaymentsTable";
import styles from "./Position.module.css";

/** What a position has paid since the beginning. */
export function Payments({ portfolio, instrument }: { portfolio: Portfolio; instrument: string }) {
  const [params] = useSearchParams();
  const told = useQuery(incomeQuery(portfolio.id, { ...scopeOf(params), instrument, range: "Max" }));
  if (told.error && !told.data) return <Trouble error={told.error} onRetry={told.refetch} />;
  if (!told.data || told.data.payments.length === 0) return null;
  return (
    <section>
      <h2 className={styles.title}>What it paid</h2>
      <PaymentsTable income={told.data} name={instrument} one />
    </section>
  );
}

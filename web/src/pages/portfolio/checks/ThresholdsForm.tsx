import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Portfolio } from "../../../api/desk";
import { changePortfolio, portfolioKeys } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { TextField } from "../../../components/Field";
import { whyNot, wrongOf } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import styles from "./Checks.module.css";
import { shareTyped, type Thresholds, typedPercent } from "./words";

const SHARES = [
  ["position", "One position from"],
  ["sector", "One sector from"],
  ["currency", "A currency from"],
  ["cash", "Cash from"],
] as const;

/** From where on each check tells; how old a price may be. */
export function ThresholdsForm({ portfolio, onDone }: { portfolio: Portfolio; onDone: () => void }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState(
    () =>
      ({
        ...Object.fromEntries(SHARES.map(([name]) => [name, typedPercent(portfolio.thresholds[name])])),
        stale_days: String(portfolio.thresholds.stale_days),
      }) as Record<keyof Thresholds, string>,
  );
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => {
      const { name, base, method, benchmark } = portfolio;
      const shares = Object.fromEntries(SHARES.map(([each]) => [each, shareTyped(typed[each])]));
      const thresholds = { ...shares, stale_days: Number(typed.stale_days) } as Thresholds;
      return changePortfolio(portfolio, { name, base, method, benchmark, thresholds });
    },
    onSuccess: () => {
      say({ text: "Changed." });
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: portfolioKeys.all }),
  });
  const wrong = wrongOf(error);
  const field = wrong?.field.split(".").at(-1);
  const errorOf = (name: string) => (field === name ? wrong?.what : undefined);
  const send = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  const set = (name: keyof Thresholds) => (value: string) => setTyped((now) => ({ ...now, [name]: value }));
  const known = SHARES.some(([name]) => name === field) || field === "stale_days";
  return (
    <form className={styles.form} onSubmit={send}>
      {SHARES.map(([name, label]) => (
        <TextField
          key={name}
          label={label}
          number
          unit="%"
          value={typed[name]}
          error={errorOf(name)}
          onChange={set(name)}
        />
      ))}
      <TextField
        label="A price older than"
        number
        unit="days"
        value={typed.stale_days}
        error={errorOf("stale_days")}
        onChange={set("stale_days")}
      />
      {error && !known && (
        <p role="alert" className={styles.wrong}>
          {whyNot(error)}
        </p>
      )}
      <div className={styles.actions}>
        <Button type="submit" look="main" disabled={isPending}>
          Save
        </Button>
        <Button look="quiet" onClick={onDone}>
          Leave them
        </Button>
      </div>
    </form>
  );
}

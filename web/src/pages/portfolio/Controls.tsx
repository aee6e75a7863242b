/** Over which stretch, as of which day and of which account the figures of a page are; all of it is in its address. */

import { type ReactNode, useCallback } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Portfolio } from "../../api/desk";
import { Choice } from "../../components/Choice";
import { Select } from "../../components/Select";
import { RANGES } from "../../lib/address";
import { useKey } from "../../lib/hooks";
import { accountOf, asOfOf, changed, DEFAULT_RANGE, rangeOf } from "./address";
import styles from "./Controls.module.css";

interface ControlsProps {
  portfolio: Portfolio;
  /** Whether the figures are of a stretch, and not only of a day. */
  ranged?: boolean;
  /** What else the page is asked by. */
  children?: ReactNode;
}

export function Controls({ portfolio, ranged = true, children }: ControlsProps) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const set = (change: Record<string, string | null>) => navigate(changed(params, change), { replace: true });
  const account = accountOf(params);
  return (
    <div className={styles.controls}>
      {ranged && <Ranges />}
      {children}
      <span className={styles.scope}>
        {portfolio.accounts.length > 1 && (
          <Select
            label="Account"
            value={String(account ?? "")}
            options={[
              { value: "", label: "All accounts" },
              ...portfolio.accounts.map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
            onChoose={(value) => set({ account: value || null })}
          />
        )}
        <label className={styles.day}>
          As of
          <input
            type="date"
            value={asOfOf(params) ?? ""}
            max={new Date().toLocaleDateString("sv")}
            onChange={(event) => set({ as_of: event.target.value || null })}
          />
        </label>
      </span>
    </div>
  );
}

function Ranges() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const range = rangeOf(params);
  const to = useCallback(
    (wanted: string) => changed(params, { range: wanted === DEFAULT_RANGE ? null : wanted }),
    [params],
  );
  const step = (by: -1 | 1) => {
    const next = RANGES[RANGES.indexOf(range) + by];
    if (next) navigate(to(next), { replace: true });
  };
  useKey("[", () => step(-1));
  useKey("]", () => step(1));
  return (
    <Choice label="Range" chosen={range} options={RANGES.map((each) => ({ value: each, label: each, to: to(each) }))} />
  );
}

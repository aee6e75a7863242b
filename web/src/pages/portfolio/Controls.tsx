/** Over which stretch, as of which day, of which account and tag the figures of a page are; all is in its address. */

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Portfolio } from "../../api/desk";
import { transactionsQuery } from "../../api/portfolios";
import { Choice } from "../../components/Choice";
import { Select } from "../../components/Select";
import { RANGES } from "../../lib/address";
import { useKey } from "../../lib/hooks";
import { accountOf, asOfOf, changed, DEFAULT_RANGE, rangeOf, tagOf } from "./address";
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
        <Tags portfolio={portfolio} chosen={tagOf(params)} onChoose={(tag) => set({ tag })} />
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

interface TagsProps {
  portfolio: Portfolio;
  chosen: string | null;
  onChoose: (tag: string | null) => void;
}

/** Offered where transactions have tags; one that came by the address is shown all the same, so that it can be left. */
function Tags({ portfolio, chosen, onChoose }: TagsProps) {
  const { data } = useQuery(transactionsQuery(portfolio.id, { limit: 1 }));
  const tags = [...new Set([...(data?.tags ?? []), ...(chosen === null ? [] : [chosen])])];
  if (tags.length === 0) return null;
  return (
    <Select
      label="Tag"
      value={chosen ?? ""}
      options={[{ value: "", label: "All tags" }, ...tags.map((tag) => ({ value: tag, label: tag }))]}
      onChoose={(value) => onChoose(value || null)}
    />
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

import { useEffect, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Portfolio } from "../../../api/desk";
import { Button } from "../../../components/Button";
import { Select } from "../../../components/Select";
import { useSettled } from "../../../lib/hooks";
import { changed } from "../address";
import styles from "./Activity.module.css";
import { FILTERS, filtersOf } from "./filters";
import { KINDS } from "./kinds";

interface BarProps {
  portfolio: Portfolio;
  tags: readonly string[];
}

/** What the list is filtered by; all of it is in the address. */
export function FilterBar({ portfolio, tags }: BarProps) {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const { account, kind, tag, from, to, removed } = filtersOf(params);
  const set = (change: Record<string, string | null>) =>
    navigate(changed(params, { page: null, ...change }), { replace: true });
  // On a phone what is seldom filtered by takes no room until it is wanted.
  const [open, setOpen] = useState(false);
  const filtered = FILTERS.some((name) => params.has(name));
  return (
    <search className={styles.filters} data-open={open || undefined} aria-label="Filter the transactions">
      <Words />
      <Button className={styles.fold ?? ""} aria-expanded={open} onClick={() => setOpen(!open)}>
        Filter
      </Button>
      <Select
        label="Kind"
        value={kind ?? ""}
        options={[
          { value: "", label: "Every kind" },
          ...Object.entries(KINDS).map(([value, { label }]) => ({ value, label })),
        ]}
        onChoose={(value) => set({ kind: value || null })}
      />
      {portfolio.accounts.length > 1 && (
        <Select
          label="Account"
          value={String(account ?? "")}
          options={[
            { value: "", label: "Every account" },
            ...portfolio.accounts.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          onChoose={(value) => set({ account: value || null })}
        />
      )}
      {tags.length > 0 && (
        <Select
          label="Tag"
          value={tag ?? ""}
          options={[{ value: "", label: "Every tag" }, ...tags.map((value) => ({ value, label: value }))]}
          onChoose={(value) => set({ tag: value || null })}
        />
      )}
      <label className={styles.day}>
        From
        <input type="date" value={from ?? ""} onChange={(event) => set({ from: event.target.value || null })} />
      </label>
      <label className={styles.day}>
        To
        <input type="date" value={to ?? ""} onChange={(event) => set({ to: event.target.value || null })} />
      </label>
      {portfolio.right !== "read" && (
        <Button look="quiet" flush aria-pressed={removed} onClick={() => set({ removed: removed ? null : "" })}>
          Deleted
        </Button>
      )}
      {filtered && (
        <Button look="quiet" flush onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, null])))}>
          Show all
        </Button>
      )}
    </search>
  );
}

/** Words of the instrument, the note or the broker's number; asked for when one stops typing. */
function Words() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const there = params.get("q") ?? "";
  const [typed, setTyped] = useState(there);
  const settled = useSettled(typed, 250);
  const told = useRef(there);
  // What came by the address, by going back or by “show all”, is what stands in the field.
  if (there !== told.current) {
    told.current = there;
    setTyped(there);
  }
  useEffect(() => {
    if (settled.trim() === told.current || settled !== typed) return;
    told.current = settled.trim();
    navigate(changed(params, { page: null, q: settled.trim() || null }), { replace: true });
  }, [settled, typed, params, navigate]);
  return (
    <input
      type="search"
      className={styles.words}
      aria-label="Words in it"
      placeholder="Instrument, note, number"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

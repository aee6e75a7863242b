/** What a portfolio is called and how it is counted, to fill in. */

import type { PortfolioDraft } from "../../../api/desk";
import { ChoiceField, TextField } from "../../../components/Field";
import type { Wrong } from "../../../lib/refusal";

export const METHODS: readonly (readonly [PortfolioDraft["method"], string])[] = [
  ["fifo", "The oldest first (FIFO)"],
  ["lifo", "The newest first (LIFO)"],
  ["hifo", "The dearest first (HIFO)"],
  ["average", "A part of all (average cost)"],
  ["s104", "As the United Kingdom asks (section 104)"],
];

export const BLANK: PortfolioDraft = {
  name: "",
  base: "EUR",
  method: "fifo",
  benchmark: null,
  thresholds: { position: "0.2", sector: "0.4", currency: "0.5", cash: "0.25", stale_days: 5 },
};

interface FieldsProps {
  draft: PortfolioDraft;
  wrong: Wrong | null;
  onChange: (draft: PortfolioDraft) => void;
}

export function PortfolioFields({ draft, wrong, onChange }: FieldsProps) {
  const error = (field: string) => (wrong?.field === field ? wrong.what : undefined);
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        error={error("name")}
        onChange={(name) => onChange({ ...draft, name })}
      />
      <TextField
        label="Counted in"
        value={draft.base}
        error={error("base")}
        hint="Its currency: EUR, USD, CHF, …"
        onChange={(base) => onChange({ ...draft, base })}
      />
      <TextField
        label="Benchmark"
        value={draft.benchmark ?? ""}
        placeholder="SPY"
        error={error("benchmark")}
        hint="A ticker: what if every deposit had bought it?"
        onChange={(benchmark) => onChange({ ...draft, benchmark: benchmark || null })}
      />
      <ChoiceField
        label="A sale takes"
        value={draft.method ?? "fifo"}
        options={METHODS as readonly (readonly [string, string])[]}
        error={error("method")}
        onChange={(method) => onChange({ ...draft, method: method as PortfolioDraft["method"] })}
      />
    </>
  );
}

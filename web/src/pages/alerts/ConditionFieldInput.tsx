import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sourcesQuery } from "../../api/queries";
import { ChoiceField, TextField } from "../../components/Field";
import type { ConditionField } from "./conditions";

interface ConditionFieldInputProps {
  field: ConditionField;
  value: string;
  error: string | undefined;
  hint?: ReactNode;
  onChange: (value: string) => void;
}

/** One field of a condition, as what it is. */
export function ConditionFieldInput({ field, value, error, hint, onChange }: ConditionFieldInputProps) {
  const { label, of, unit, empty } = field;
  const rest = { label, error, value, onChange };
  if (of === "feed") return <FeedField {...rest} any={empty ?? ""} />;
  if (of === "text") return <TextField {...rest} hint={empty} />;
  if (of === "number" || of === "whole") return <TextField {...rest} number unit={unit} hint={hint || empty} />;
  return <ChoiceField {...rest} options={of} />;
}

interface FeedFieldProps {
  label: string;
  error: string | undefined;
  value: string;
  /** What it means to choose none. */
  any: string;
  onChange: (value: string) => void;
}

function FeedField({ any, ...rest }: FeedFieldProps) {
  const feeds = useQuery(sourcesQuery()).data?.feeds ?? [];
  return <ChoiceField {...rest} options={[["", any], ...feeds.map(({ name, title }) => [name, title] as const)]} />;
}

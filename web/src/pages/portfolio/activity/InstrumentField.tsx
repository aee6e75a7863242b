/** Which instrument a transaction is of: a ticker of the day, or the name of an item of one's own. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import type { Item } from "../../../api/desk";
import { addItem, itemsQuery } from "../../../api/portfolios";
import { symbolsQuery } from "../../../api/queries";
import { Button } from "../../../components/Button";
import { TextField } from "../../../components/Field";
import { useSettled } from "../../../lib/hooks";
import { whyNot } from "../../../lib/refusal";
import { itemCalled } from "./form";

interface InstrumentProps {
  label: string;
  value: string;
  /** The reader's. */
  items: readonly Item[];
  /** That an item made here is counted in. */
  currency: string;
  /** Whether the portfolio is the reader's, and so are its items. */
  own: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** What the desk knows by what is typed is offered; what it does not know can become an item of the reader's own. */
export function InstrumentField({ label, value, items, currency, own, error, onChange }: InstrumentProps) {
  const list = useId();
  const client = useQueryClient();
  const typed = value.trim();
  const asked = useSettled(typed, 150);
  const { data, isPlaceholderData } = useQuery({ ...symbolsQuery(asked), enabled: asked !== "" });
  const item = own ? itemCalled(typed, items) : undefined;
  const make = useMutation({
    mutationFn: () => addItem({ name: typed, currency: currency.trim(), type: "other" }),
    onSuccess: () => client.invalidateQueries({ queryKey: itemsQuery().queryKey }),
  });
  const known = data?.symbols.some(({ ticker }) => ticker === typed.toUpperCase());
  const strange = typed !== "" && asked === typed && data && !isPlaceholderData && !known && !item;
  return (
    <>
      <TextField
        label={label}
        value={value}
        list={list}
        error={make.error ? `Not made. ${whyNot(make.error)}` : error}
        placeholder={own ? "Ticker, or an item of yours" : "Ticker"}
        hint={
          (item && `An item of yours, in ${item.currency}`) ||
          (strange && (
            <>
              The desk has no prices of {typed}.{" "}
              {own && (
                <Button look="quiet" flush disabled={make.isPending} onClick={() => make.mutate()}>
                  Make it an item of your own
                </Button>
              )}
            </>
          ))
        }
        onChange={(changed) => {
          make.reset();
          onChange(changed);
        }}
      />
      <datalist id={list}>
        {own &&
          items.map(({ id, name }) => (
            <option key={id} value={name}>
              An item of yours
            </option>
          ))}
        {data?.symbols.map(({ ticker, name }) => (
          <option key={ticker} value={ticker}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}

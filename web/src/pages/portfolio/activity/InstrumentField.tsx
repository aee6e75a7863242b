/** Which instrument a transaction is of: a ticker of the day, or the name of an item of one's own. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useRef } from "react";
import type { Item } from "../../../api/desk";
import { addItem, itemsQuery, removeItem } from "../../../api/portfolios";
import { symbolsQuery } from "../../../api/queries";
import { Button } from "../../../components/Button";
import { TextField } from "../../../components/Field";
import { useSettled } from "../../../lib/hooks";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { itemCalled } from "./form";

/** While an item is being made, its name would still be taken for a ticker. */
export const MAKING = ["making an item"];

interface InstrumentProps {
  label: string;
  value: string;
  /** The reader's. */
  items: readonly Item[];
  /** That an item made here is counted in. */
  currency: string;
  /** Whether the portfolio is the reader's, and so are its items. */
  own: boolean;
  /** What the instrument is called that stays as long as this stands there. */
  kept: string | null;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** What the desk knows by what is typed is offered; what it does not know can become an item of the reader's own. */
export function InstrumentField({ label, value, items, currency, own, kept, error, onChange }: InstrumentProps) {
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const typed = value.trim();
  const asked = useSettled(typed, 150);
  const { data, isPlaceholderData } = useQuery({ ...symbolsQuery(asked), enabled: asked !== "" });
  const { make, remove } = useItems(() => input.current?.focus());
  const item = typed === kept ? undefined : itemCalled(typed, items);
  const known = typed === kept || data?.symbols.some(({ ticker }) => ticker === typed.toUpperCase());
  const strange = typed !== "" && asked === typed && data && !isPlaceholderData && !known && !item;
  const code = currency.trim().toUpperCase();
  return (
    <>
      <TextField
        label={label}
        value={value}
        list={list}
        input={input}
        error={error}
        placeholder={own ? "Ticker, or an item of yours" : "Ticker"}
        hint={
          (item && `An item of yours, in ${item.currency}`) ||
          (strange && (
            <>
              Nothing that the desk knows is called {typed} today.{" "}
              {own && /^[A-Z]{3}$/.test(code) && (
                <Button
                  look="quiet"
                  flush
                  disabled={make.isPending}
                  onClick={() => make.mutate({ name: typed, currency: code }, { onSuccess: remove })}
                >
                  Make it an item of your own, in {code}
                </Button>
              )}
            </>
          ))
        }
        onChange={onChange}
      />
      <datalist id={list}>
        {items.map(({ id, name }) => (
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

/** Makes items, each to be undone from the line at the foot of the page; `made` is called when one is there. */
function useItems(made: () => void) {
  const client = useQueryClient();
  const asked = () => client.invalidateQueries({ queryKey: itemsQuery().queryKey });
  const undo = useMutation({
    mutationFn: removeItem,
    onError: (error) => say({ text: `Not undone. ${whyNot(error)}` }),
    onSettled: asked,
  });
  const make = useMutation({
    mutationKey: MAKING,
    mutationFn: ({ name, currency }: Pick<Item, "name" | "currency">) => addItem({ name, currency, type: "other" }),
    onSuccess: async () => {
      await asked();
      made();
    },
    onError: (error) => say({ text: `Not made. ${whyNot(error)}` }),
  });
  const remove = ({ id, name, currency }: Item) =>
    say({
      text: `${name} is an item of yours, in ${currency}.`,
      action: { label: "Undo", act: () => undo.mutate(id) },
    });
  return { make, remove };
}

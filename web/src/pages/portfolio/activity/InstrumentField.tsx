/** Which instrument a transaction is of: a ticker of the day, or the name of an item of one's own. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useRef } from "react";
import type { Item, Portfolio } from "../../../api/desk";
import { addItem, itemsQuery, removeItem, transactionsQuery } from "../../../api/portfolios";
import { symbolsQuery } from "../../../api/queries";
import { Button } from "../../../components/Button";
import { TextField } from "../../../components/Field";
import { isTicker } from "../../../lib/address";
import { useSettled } from "../../../lib/hooks";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { itemCalled, itemLike } from "./form";

/** While an item is being made, its name would still be taken for a ticker. */
export const MAKING = ["making an item"];

interface InstrumentProps {
  label: string;
  value: string;
  /** The reader's. */
  items: readonly Item[];
  /** That an item made here is counted in. */
  currency: string;
  portfolio: Portfolio;
  /** What the instrument is called that stays as long as this stands there. */
  kept: string | null;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** What the desk knows by what is typed is offered; what it does not know can become an item of the reader's own. */
export function InstrumentField(props: InstrumentProps) {
  const { label, value, items, currency, portfolio, kept, error, onChange } = props;
  const own = portfolio.owner === null; // and so are its items
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const typed = value.trim();
  const asked = useSettled(typed, 150);
  const { data, isPlaceholderData } = useQuery({ ...symbolsQuery(asked), enabled: asked !== "" });
  const { make, remove } = useItems(() => input.current?.focus());
  const item = typed === kept ? undefined : itemCalled(typed, items);
  const ticker = typed.toUpperCase();
  const known = typed === kept || data?.symbols.some((each) => each.ticker === ticker);
  const unlisted = typed !== "" && asked === typed && data && !isPlaceholderData && !known && !item;
  // What nobody has prices of may be held all the same.
  const named = { instrument: ticker, limit: 1 };
  const before = useQuery({ ...transactionsQuery(portfolio.id, named), enabled: Boolean(unlisted) && isTicker(typed) });
  const strange = unlisted && (!isTicker(typed) || before.data?.total === 0);
  const like = itemLike(typed, items);
  const code = currency.trim().toUpperCase();
  return (
    <>
      <TextField
        label={label}
        value={value}
        list={list}
        input={input}
        error={item ? undefined : error}
        placeholder={own ? "Ticker, or an item of yours" : "Ticker"}
        hint={
          (item && `An item of yours, in ${item.currency}`) ||
          (strange && (
            <>
              Nothing that the desk knows is called {typed} today.{" "}
              {like ? (
                <Button look="quiet" flush onClick={() => onChange(like.name)}>
                  Take {like.name}, an item of yours
                </Button>
              ) : own && /^[A-Z]{3}$/.test(code) ? (
                <Button
                  look="quiet"
                  flush
                  disabled={make.isPending}
                  onClick={() => make.mutate({ name: typed, currency: code }, { onSuccess: remove })}
                >
                  Make it an item of your own, in {code}
                </Button>
              ) : null}
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

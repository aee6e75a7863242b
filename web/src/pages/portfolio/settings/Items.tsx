/** What no exchange lists, of the reader’s: renamed in place, and removed while no transaction names it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import type { Item } from "../../../api/desk";
import { changeItem, itemsQuery, portfolioKeys, removeItem } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/Notice";
import { Sure } from "../../../components/Sure";
import * as format from "../../../lib/format";
import { whyNot } from "../../../lib/refusal";
import styles from "./forms.module.css";

export function Items() {
  const head = useRef<HTMLHeadingElement>(null);
  const told = useQuery(itemsQuery());
  if (told.error && !told.data) return <Trouble error={told.error} onRetry={told.refetch} />;
  if (!told.data?.items.length) return null;
  return (
    <section className={styles.part} aria-labelledby="own-items">
      <h2 id="own-items" ref={head} tabIndex={-1}>
        Items of your own, in all portfolios
      </h2>
      {told.data.items.map((item) => (
        <Row key={item.id} item={item} onGone={() => head.current?.focus()} />
      ))}
    </section>
  );
}

function Row({ item, onGone }: { item: Item; onGone: () => void }) {
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(item.name);
  const { mutate, error, isPending } = useMutation({
    mutationFn: (send: () => Promise<unknown>) => send(),
    onSuccess: () => client.invalidateQueries({ queryKey: portfolioKeys.all }),
  });
  const rename = (event: FormEvent) => {
    event.preventDefault();
    mutate(() => changeItem({ ...item, name: name.trim() }), {
      onSuccess: () => {
        setName(name.trim());
        input.current?.focus();
      },
    });
  };
  const remove = async () => {
    await removeItem(item.id);
    onGone();
  };
  const prices = item.prices.length;
  return (
    <form className={styles.item} onSubmit={rename}>
      <input
        ref={input}
        aria-label={`Name of ${item.name}`}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <span className="quiet">{item.currency}</span>
      {name === item.name ? (
        <Sure
          label="Remove"
          name={item.name}
          about={prices ? `Its ${format.counted(prices, "price")} will be gone.` : "It will be gone."}
          busy={isPending}
          onSure={() => mutate(remove)}
        />
      ) : (
        <Button type="submit" disabled={isPending || !name.trim()}>
          Save
        </Button>
      )}
      {error && (
        <p role="alert" className={styles.wrong}>
          {whyNot(error)}
        </p>
      )}
    </form>
  );
}

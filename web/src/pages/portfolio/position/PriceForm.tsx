/** Prices that somebody says now and then: a form, and what was said so far. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Item } from "../../../api/desk";
import { portfolioKeys } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { Field, TextField } from "../../../components/Field";
import { type Column, Table } from "../../../components/Table";
import * as format from "../../../lib/format";
import { whyNot } from "../../../lib/refusal";
import styles from "./Position.module.css";

type Price = Item["prices"][number] & {
  /** That it was said in, where that may be another one than the form's. */
  currency?: string | null;
};

interface PriceFormProps {
  title: string;
  about?: string;
  name: string;
  currency: string | null;
  prices: readonly Price[];
  set: (told: Price) => Promise<unknown>;
}

export default function PriceForm({ title, about, name, currency, prices, set }: PriceFormProps) {
  const client = useQueryClient();
  const [day, setDay] = useState(() => new Date().toLocaleDateString("sv"));
  const [price, setTyped] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: set,
    onSuccess: () => setTyped(""),
    onSettled: () => client.invalidateQueries({ queryKey: portfolioKeys.all }),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    mutate({ day, price: price.trim() });
  };
  const columns: Column<Price>[] = [
    { title: "Day", show: (row) => format.day(row.day), cell: (row) => row.day },
    {
      title: "Price",
      unit: currency ?? undefined,
      number: true,
      show: (row) => {
        const price = format.exactly(row.price, 2);
        return (
          <span className="amount">
            {row.currency && row.currency !== currency ? `${price} ${row.currency}` : price}
          </span>
        );
      },
      cell: (row) => row.price,
    },
    {
      title: "Forget",
      show: (row) => (
        <Button
          look="quiet"
          flush
          aria-label={`Forget the price of ${format.day(row.day)}`}
          onClick={() => mutate({ day: row.day, price: null })}
        >
          Forget
        </Button>
      ),
    },
  ];
  return (
    <section>
      <h2 className={styles.title}>{title}</h2>
      {about && <p className="quiet">{about}</p>}
      <form className={styles.prices} onSubmit={send}>
        <Field label="Day">
          {(tied) => (
            <input {...tied} type="date" required value={day} onChange={(event) => setDay(event.target.value)} />
          )}
        </Field>
        <TextField
          label="Price of one"
          number
          unit={currency ?? undefined}
          value={price}
          error={error ? whyNot(error) : undefined}
          onChange={setTyped}
        />
        <Button type="submit" disabled={isPending || !price.trim()}>
          Set the price
        </Button>
      </form>
      {prices.length > 0 && (
        <Table
          caption={`Prices of ${name}`}
          columns={columns}
          rows={prices.toReversed()}
          keyOf={(row) => row.day}
          file={`${name} prices`}
          pageSize={20}
        />
      )}
    </section>
  );
}

/** The prices of an item that no exchange lists: its owner says one now and then, and it holds until the next. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Item } from "../../../api/desk";
import { itemsQuery, portfolioKeys, setPrice } from "../../../api/portfolios";
import { Button } from "../../../components/Button";
import { Field, TextField } from "../../../components/Field";
import { type Column, Table } from "../../../components/Table";
import * as format from "../../../lib/format";
import { useMay } from "../../../lib/me";
import { whyNot } from "../../../lib/refusal";
import styles from "./Position.module.css";

type Price = Item["prices"][number];

export function OwnPrices({ instrument }: { instrument: string }) {
  const { data } = useQuery(itemsQuery());
  const item = data?.items.find((each) => each.instrument === instrument);
  // An item of somebody who shares the portfolio is priced by them, and a viewer prices none.
  const may = useMay("member");
  return item && may ? <Prices key={item.id} item={item} /> : null;
}

function Prices({ item }: { item: Item }) {
  const client = useQueryClient();
  const [day, setDay] = useState(() => new Date().toLocaleDateString("sv"));
  const [price, setTyped] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: (told: Price) => setPrice(item.id, told.day, told.price),
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
      unit: item.currency,
      number: true,
      show: (row) => format.exactly(row.price, 2),
      cell: (row) => row.price,
    },
    {
      title: "Forget",
      show: (row) => (
        <Button
          look="quiet"
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
      <h2 className={styles.title}>Its prices</h2>
      <form className={styles.prices} onSubmit={send}>
        <Field label="Day">
          {(tied) => (
            <input {...tied} type="date" required value={day} onChange={(event) => setDay(event.target.value)} />
          )}
        </Field>
        <TextField
          label="Price of one"
          number
          unit={item.currency}
          value={price}
          error={error ? whyNot(error) : undefined}
          onChange={setTyped}
        />
        <Button type="submit" disabled={isPending || !price.trim()}>
          Set the price
        </Button>
      </form>
      {item.prices.length > 0 && (
        <Table
          caption={`Prices of ${item.name}`}
          columns={columns}
          rows={item.prices.toReversed()}
          keyOf={(row) => row.day}
          file={`${item.name} prices`}
          pageSize={20}
        />
      )}
    </section>
  );
}

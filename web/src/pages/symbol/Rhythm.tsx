import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Statistics } from "../../api/desk";
import { statisticsQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { type Column, Table } from "../../components/Table";
import type { ChartAddress } from "../../lib/address";
import * as format from "../../lib/format";
import styles from "./Rhythm.module.css";

interface RhythmProps {
  symbol: string;
  stretch: Pick<ChartAddress, "range" | "from" | "to">;
  decimals: number;
}

/** How the hours of a day, or the days of the stretch, usually go. */
export function Rhythm({ symbol, stretch, decimals }: RhythmProps) {
  const [by, setBy] = useState<"day" | "hour">("hour");
  const { data, isError } = useQuery(statisticsQuery(symbol, by, stretch));
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>Averages</h2>
        {(["hour", "day"] as const).map((each) => (
          <Button key={each} look="quiet" aria-pressed={by === each} onClick={() => setBy(each)}>
            By {each}
          </Button>
        ))}
      </div>
      {isError && <p className="quiet">No statistics for this range.</p>}
      {data && (
        <Table
          caption={`${symbol} by ${by}`}
          columns={columnsOf(data, decimals)}
          rows={data.label.map((_, index) => index)}
          keyOf={(index) => data.label[index] ?? index}
          file={`${symbol}-by-${by}`.replaceAll(/[^\w.-]/g, "_")}
          pageSize={by === "hour" ? 24 : 20}
        />
      )}
    </section>
  );
}

function columnsOf(data: Statistics, decimals: number): Column<number>[] {
  const price = (title: string, values: readonly (number | null)[]): Column<number> => ({
    title,
    number: true,
    show: (index) => format.price(values[index], decimals),
    cell: (index) => values[index],
  });
  return [
    {
      title: data.by === "hour" ? "Hour" : "Day",
      show: (index) => data.label[index],
      cell: (index) => data.label[index],
    },
    price("Mean high", data.mean_high),
    price("Mean low", data.mean_low),
    price("High", data.high),
    price("Low", data.low),
    price("VWAP", data.vwap),
    {
      title: "Volume",
      number: true,
      show: (index) => format.compact(data.volume[index]),
      cell: (index) => data.volume[index],
    },
  ];
}

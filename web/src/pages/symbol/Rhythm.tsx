import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Bars, Statistics } from "../../api/desk";
import { type StatisticsWanted, statisticsQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { type Column, Table } from "../../components/Table";
import * as format from "../../lib/format";
import { isIntraday } from "../../lib/interval";
import styles from "./Rhythm.module.css";

const BYS = ["hour", "day"] as const;
type By = (typeof BYS)[number];

interface RhythmProps {
  answer: Bars;
  wanted: StatisticsWanted;
}

/** How the hours of a day, or the days of the stretch, usually go. */
export function Rhythm({ answer, wanted }: RhythmProps) {
  const { symbol, interval, intervals_offered, decimals } = answer;
  const [chosen, setBy] = useState<By>("hour");
  // Only bars within the day tell its hours apart, and only those of a day or less its days.
  const hourly = intervals_offered.includes("1h");
  const daily = isIntraday(interval) || !intervals_offered.includes("1d") ? interval : "1d";
  const by = hourly ? chosen : "day";
  const { data, isError } = useQuery(statisticsQuery(symbol, by, by === "hour" ? "1h" : daily, wanted));
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{hourly ? "Averages" : "Averages by day"}</h2>
        {(hourly ? BYS : []).map((each) => (
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
          rows={rowsOf(data)}
          keyOf={(index) => data.label[index] ?? index}
          file={`${symbol}-by-${by}`.replaceAll(/[^\w.-]/g, "_")}
          pageSize={by === "hour" ? 24 : 20}
        />
      )}
    </section>
  );
}

/** The hours as the day goes; the days newest first. */
function rowsOf({ label, by }: Statistics): number[] {
  const rows = label.map((_, index) => index);
  return by === "hour" ? rows : rows.reverse();
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
      show: (index) => (data.by === "hour" ? data.label[index] : format.day(data.label[index])),
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

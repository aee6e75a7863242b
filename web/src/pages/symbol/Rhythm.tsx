import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Bars, Statistics } from "../../api/desk";
import { type StatisticsWanted, statisticsQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Skeleton } from "../../components/Skeleton";
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

/** How the hours of a day, or its days, usually go; only bars within the day can tell. */
export function Rhythm({ answer, wanted }: RhythmProps) {
  const { interval, intervals_offered } = answer;
  const [open, setOpen] = useState(false);
  const [by, setBy] = useState<By>("hour");
  const id = useId();
  const within = intervals_offered.includes("1h") ? "1h" : isIntraday(interval) ? interval : null;
  if (within === null) return null;
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>
          <Button look="quiet" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
            <Icon name={open ? "chevron" : "right"} size={16} /> Averages by hour and day
          </Button>
        </h2>
        {open &&
          BYS.map((each) => (
            <Button key={each} look="quiet" aria-pressed={by === each} onClick={() => setBy(each)}>
              By {each}
            </Button>
          ))}
      </div>
      <div id={id}>{open && <Averages answer={answer} by={by} interval={within} wanted={wanted} />}</div>
    </section>
  );
}

interface AveragesProps extends RhythmProps {
  by: By;
  interval: string;
}

function Averages({ answer: { symbol, decimals, currency }, by, interval, wanted }: AveragesProps) {
  const { data, isError } = useQuery(statisticsQuery(symbol, by, interval, wanted));
  if (isError) return <p className="quiet">No statistics for this range.</p>;
  if (!data) return <Skeleton height={320} />;
  return (
    <Table
      caption={`${symbol} by ${by}${currency ? `, prices in ${currency}` : ""}, ${format.zoneName(data.zone)}`}
      captioned
      columns={columnsOf(data, decimals)}
      rows={rowsOf(data)}
      keyOf={(index) => data.label[index] ?? index}
      file={`${symbol}-by-${by}`.replaceAll(/[^\w.-]/g, "_")}
      pageSize={24}
    />
  );
}

/** The hours as the day goes; the days newest first. */
function rowsOf({ label, by }: Statistics): number[] {
  const rows = label.map((_, index) => index);
  return by === "hour" ? rows : rows.reverse();
}

/** The columns that say something: one without a figure is left out. */
function columnsOf(data: Statistics, decimals: number): Column<number>[] {
  const price = (title: string, values: Statistics["vwap"]): Column<number>[] =>
    values.every((value) => value === null)
      ? []
      : [
          {
            title,
            number: true,
            show: (index) => format.price(values[index], decimals),
            cell: (index) => values[index],
          },
        ];
  return [
    {
      title: data.by === "hour" ? "Hour" : "Day",
      show: (index) => (data.by === "hour" ? data.label[index] : format.day(data.label[index])),
      cell: (index) => data.label[index],
    },
    ...price("Mean high", data.mean_high),
    ...price("Mean low", data.mean_low),
    ...price("High", data.high),
    ...price("Low", data.low),
    ...price("VWAP", data.vwap),
    {
      title: "Volume",
      number: true,
      show: (index) => format.compact(data.volume[index]),
      cell: (index) => data.volume[index],
    },
  ];
}

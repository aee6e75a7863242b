/** The way there: value over net invested with the benchmark beside, the return, or the falls; or the table of it. */

import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Portfolio, ValueHistory } from "../../../api/desk";
import { historyQuery } from "../../../api/portfolios";
import { LinesChart } from "../../../charts/LinesChart";
import type { Lines } from "../../../charts/LinesPlot";
import { Button } from "../../../components/Button";
import { Choice } from "../../../components/Choice";
import { Notice, Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import { type Column, Table } from "../../../components/Table";
import * as format from "../../../lib/format";
import { useKey } from "../../../lib/hooks";
import { useHiddenAmounts } from "../../../lib/look";
import { changed, rangeOf, scopeOf } from "../address";
import { Controls } from "../Controls";
import { LOOK_NAMES, LOOKS, type Look, linesOf, summaryOf } from "./lines";
import styles from "./Overview.module.css";

const HEIGHT = "clamp(220px, calc(100vh - 560px), 360px)";

interface ValueChartProps {
  portfolio: Portfolio;
  /** The ticker of the benchmark, where there is one. */
  benchmark: string | null;
  /** Of one instrument only. */
  instrument?: string;
}

export function ValueChart({ portfolio, benchmark, instrument }: ValueChartProps) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const told = useQuery(
    historyQuery(portfolio.id, { ...scopeOf(params), range: rangeOf(params), ...(instrument && { instrument }) }),
  );
  const look = LOOKS.find((each) => each === params.get("look")) ?? "value";
  const table = params.get("view") === "table";
  const turn = useCallback(
    () => navigate(changed(params, { view: table ? null : "table" }), { replace: true }),
    [navigate, params, table],
  );
  useKey("t", turn);
  return (
    <section className={styles.chart} aria-busy={told.isPlaceholderData}>
      <Controls portfolio={portfolio}>
        <span className={styles.views}>
          <Choice
            label="What the chart shows"
            chosen={look}
            options={LOOKS.map((each) => ({
              value: each,
              label: LOOK_NAMES[each],
              to: changed(params, { look: each === "value" ? null : each }),
            }))}
          />
          <Button look="quiet" aria-pressed={table} onClick={turn}>
            Table
          </Button>
        </span>
      </Controls>
      {told.error && !told.data && <Trouble error={told.error} onRetry={told.refetch} />}
      {told.isPending && <Skeleton height={HEIGHT} />}
      {told.data && <Shown history={told.data} look={look} table={table} benchmark={benchmark} name={portfolio.name} />}
    </section>
  );
}

interface ShownProps {
  history: ValueHistory;
  look: Look;
  table: boolean;
  benchmark: string | null;
  name: string;
}

function Shown({ history, look, table, benchmark, name }: ShownProps) {
  const hidden = useHiddenAmounts();
  const lines = useMemo(() => linesOf(history, look, benchmark, hidden), [history, look, benchmark, hidden]);
  if (history.days.length === 0) return <Notice title="Nothing happened in this stretch">Choose a longer one.</Notice>;
  if (table) return <DaysTable history={history} name={name} />;
  const day = (index: number) => format.day(history.days[index]);
  const readings = (index: number) =>
    lines.series.map(({ symbol, values }) => `${symbol} ${shown(lines, values[index])}`);
  return (
    <LinesChart
      label={`${LOOK_NAMES[look]} of ${name}`}
      summary={summaryOf(history, lines)}
      measures={look === "value" ? history.base : "time-weighted"}
      lines={lines}
      height={HEIGHT}
      legend={(index) => <Legend lines={lines} index={index} day={day(index)} />}
      spoken={(index) => `${day(index)}: ${readings(index).join("; ")}.`}
    />
  );
}

function shown({ show }: Lines, value: number | null | undefined): string {
  return value == null ? "not known" : show(value);
}

function Legend({ lines, index, day }: { lines: Lines; index: number; day: string }) {
  return (
    <div className={styles.legend}>
      <span className="quiet">{day}</span>
      {lines.series.map(({ symbol, colour, values }) => (
        <span key={symbol}>
          <span className={styles.swatch} style={{ background: `var(--line-${colour})` }} aria-hidden="true" />
          {symbol} {shown(lines, values[index])}
        </span>
      ))}
    </div>
  );
}

/** The days behind the chart, the newest first. */
function DaysTable({ history, name }: { history: ValueHistory; name: string }) {
  const { days, base } = history;
  const amounts = (title: string, values: readonly (number | null)[]): Column<number> => ({
    title,
    unit: base,
    number: true,
    show: (index) => <span className="amount">{format.price(values[index], format.decimalsOf(base))}</span>,
    cell: (index) => values[index],
  });
  const rates = (title: string, values: readonly (number | null)[], plus: number): Column<number> => ({
    title,
    unit: "%",
    number: true,
    show: (index) => {
      const value = values[index];
      return format.percent(value == null ? null : (value + plus) * 100);
    },
    cell: (index) => values[index],
  });
  const columns: Column<number>[] = [
    { title: "Day", show: (index) => format.day(days[index]), cell: (index) => days[index] },
    amounts("Value", history.value),
    amounts("Invested", history.invested),
    ...(history.benchmark ? [amounts("Benchmark", history.benchmark)] : []),
    rates("Return", history.index, -1),
    rates("Drawdown", history.drawdown, 0),
  ];
  return (
    <Table
      caption={`Value of ${name} by day`}
      columns={columns}
      rows={days.map((_, index) => days.length - 1 - index)}
      keyOf={(index) => days[index] ?? index}
      file={`${name} by day`}
      pageSize={20}
    />
  );
}

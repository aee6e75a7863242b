/** What does it pay? By month and by instrument: received, announced, and as a yield on what it cost. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import type { Income } from "../../../api/desk";
import { incomeQuery } from "../../../api/portfolios";
import { MonthBars } from "../../../charts/MonthBars";
import { ReadFigure } from "../../../charts/ReadFigure";
import { Amount } from "../../../components/Amount";
import { Card } from "../../../components/Card";
import { Notice, Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import { signOf, sum } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { useHiddenAmounts } from "../../../lib/look";
import { AsOf } from "../AsOf";
import { rangeOf, scopeOf } from "../address";
import { Controls } from "../Controls";
import { Figure } from "../figures/Figure";
import { type FigureColumn, FiguresTable } from "../figures/FiguresTable";
import { SPANS } from "../overview/headline";
import type { PortfolioPageProps } from "../props";
import styles from "./Income.module.css";
import { barsOf } from "./months";
import { PaymentsTable } from "./PaymentsTable";

export default function IncomePage({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const told = useQuery(incomeQuery(portfolio.id, { ...scopeOf(params), range: rangeOf(params) }));
  if (told.isPending) return <Skeleton height={420} />;
  if (!told.data) return <Trouble whole error={told.error} onRetry={told.refetch} />;
  const { data } = told;
  const net = total(data.by_month.map((each) => each.net));
  const comes = total(data.announced.map((each) => each.value));
  const nothing = data.payments.length === 0 && data.announced.length === 0;
  return (
    <>
      <h1>
        {nothing ? "No income in this stretch" : "Received "}
        {!nothing && (
          <Figure why="received" label="Received">
            <Amount value={net} currency={data.base} named />
          </Figure>
        )}
        {!nothing && ` after taxes ${SPANS[rangeOf(params)]}`}
        {data.announced.length > 0 && (
          <>
            ;{" "}
            <Figure why="announced" label="Announced">
              <Amount value={comes} currency={data.base} named />
            </Figure>{" "}
            is announced
          </>
        )}
      </h1>
      <AsOf />
      <Controls portfolio={portfolio} />
      {nothing ? (
        <Notice title="Neither dividends nor interest came">
          Choose a longer stretch{portfolio.right !== "read" && ", or add what is missing"}.
        </Notice>
      ) : (
        <>
          <Months income={data} />
          {data.announced.length > 0 && (
            <section>
              <h2 className={styles.title}>Announced</h2>
              <Announced income={data} name={portfolio.name} />
            </section>
          )}
          <section>
            <h2 className={styles.title}>By instrument</h2>
            <ByInstrument income={data} name={portfolio.name} />
          </section>
          <section>
            <h2 className={styles.title}>
              Received{" "}
              <span className="quiet">
                {data.total > data.payments.length && `· the newest ${data.payments.length} of ${data.total}`}
              </span>
            </h2>
            <PaymentsTable income={data} name={portfolio.name} />
          </section>
        </>
      )}
    </>
  );
}

/** The sum of amounts; null where one of them is not known. */
function total(amounts: readonly (string | null)[]): string | null {
  return amounts.includes(null) ? null : sum(...amounts.filter((each) => each !== null));
}

/** Whether there is anything of it, or that is not known. */
function isSome(amount: string | null): boolean {
  return amount === null || signOf(amount) !== 0;
}

function Months({ income: { by_month, base } }: { income: Income }) {
  const hidden = useHiddenAmounts();
  const bars = barsOf(by_month);
  const unknown = by_month.filter(({ net }) => net === null).length;
  if (bars.length === 0) return null;
  const show = (value: number) => (hidden ? "•••" : format.roughMoney(value, base));
  const best = bars.reduce((most, each) => (each.came > most.came ? each : most));
  const words = (month: string) => format.month(`${month}-01`);
  const spoken = (index: number) => {
    const bar = bars[index];
    if (!bar) return "";
    const comes = bar.comes > 0 ? `, ${show(bar.comes)} announced` : "";
    return `${words(bar.month)}: ${show(bar.came)} received${comes}.`;
  };
  const summary = [
    `${format.counted(bars.length, "month")} from ${words(bars[0]?.month ?? "")} to ${words(bars.at(-1)?.month ?? "")}; the most, ${show(best.came)}, in ${words(best.month)}.`,
    unknown > 0 && `Of ${format.counted(unknown, "month")} it is not known for want of a rate.`,
  ];
  return (
    <ReadFigure label="Income by month" count={bars.length} spoken={spoken} summary={summary.filter(Boolean).join(" ")}>
      {(read, point) => (
        <>
          <p className={styles.reading}>
            {spoken(read ?? bars.length - 1)} <span className="quiet">Hatched: announced.</span>
          </p>
          <MonthBars bars={bars} read={read} onPoint={point} show={show} />
        </>
      )}
    </ReadFigure>
  );
}

type Coming = Income["announced"][number];

function Announced({ income: { announced, base }, name }: { income: Income; name: string }) {
  const columns: FigureColumn<Coming>[] = [
    {
      key: "day",
      title: "Paid",
      words: true,
      show: ({ day, pay_date }) => (pay_date ? format.day(day) : `after ${format.day(day)}`),
      cell: ({ day }) => day,
    },
    { key: "ex", title: "Ex-date", words: true, show: (row) => format.day(row.ex_date), cell: (row) => row.ex_date },
    { key: "of", title: "Of", words: true, show: ({ ticker }) => ticker, cell: ({ ticker }) => ticker },
    {
      key: "units",
      title: "Units",
      show: ({ units, sure }) => (
        <>
          <span className="amount">{format.exactly(units)}</span>
          {!sure && <span className="quiet"> as held now</span>}
        </>
      ),
      cell: ({ units }) => units,
    },
    {
      key: "amount",
      title: "Amount",
      show: ({ amount, paid_in }) => <Amount value={amount} currency={paid_in} named />,
      cell: ({ amount }) => amount,
    },
    {
      key: "value",
      title: "In all",
      unit: base,
      show: ({ value }) => <Amount value={value} currency={base} />,
      cell: ({ value }) => value,
      total: <Amount value={total(announced.map(({ value }) => value))} currency={base} />,
    },
    { key: "source", title: "Told by", words: true, show: ({ source }) => source, cell: ({ source }) => source },
  ];
  return (
    <FiguresTable
      caption="Announced"
      order="announced"
      columns={columns}
      rows={announced}
      keyOf={({ instrument, account, ex_date, day }) => `${instrument} ${account} ${ex_date} ${day}`}
      file={`${name} announced`}
    />
  );
}

interface PaidProps {
  row: Income["by_instrument"][number];
  why: "received" | "announced";
  label: string;
  children: ReactNode;
}

/** Interest is of no instrument that one could ask about, and of what is not announced there is nothing to tell. */
function Paid({ row, why, label, children }: PaidProps) {
  if (row.key === "cash" || (why === "announced" && Number(row.announced) === 0)) return children;
  return (
    <Figure why={why} of={row.key} label={label} walked>
      {children}
    </Figure>
  );
}

function ByInstrument({ income, name }: { income: Income; name: string }) {
  const { by_instrument, yields, base } = income;
  const known = new Map(yields.map((each) => [each.instrument, each]));
  const names = new Map([...income.payments, ...income.announced].map((each) => [each.instrument, each.ticker]));
  type Row = Income["by_instrument"][number];
  const called = ({ key }: Row) => (key === "cash" ? "Interest" : (known.get(key)?.ticker ?? names.get(key) ?? key));
  const amount = (key: "gross" | "tax" | "net" | "announced", title: string): FigureColumn<Row> => ({
    key,
    title,
    unit: base,
    show: (row) => (
      <Paid row={row} why={key === "announced" ? key : "received"} label={`${title} of ${called(row)}`}>
        <Amount value={row[key]} currency={base} />
      </Paid>
    ),
    cell: (row) => row[key],
    total: <Amount value={total(by_instrument.map((row) => row[key]))} currency={base} />,
  });
  const yielded = (key: "on_cost" | "on_value", why: "yield_on_cost" | "yield_on_value", title: string) =>
    ({
      key,
      title,
      unit: "% a year",
      show: (row) => {
        const rate = known.get(row.key)?.[key];
        if (rate == null) return <span className="quiet">{format.NONE}</span>;
        return (
          <Figure why={why} of={row.key} label={`${title} of ${called(row)}`} walked>
            {format.shareFigure(rate)}
          </Figure>
        );
      },
      cell: (row) => known.get(row.key)?.[key],
    }) satisfies FigureColumn<Row>;
  const tax = amount("tax", "Tax");
  const net = amount("net", "Received");
  const announced = amount("announced", "Announced");
  const onCost = yielded("on_cost", "yield_on_cost", "Yield on cost");
  const columns: FigureColumn<Row>[] = [
    { key: "of", title: "Instrument", words: true, show: called, cell: called, total: "All" },
    amount("gross", "Gross"),
    tax,
    net,
    announced,
    onCost,
    yielded("on_value", "yield_on_value", "Yield on value"),
  ];
  return (
    <FiguresTable
      caption="Income by instrument"
      columns={columns}
      rows={by_instrument}
      keyOf={({ key }) => key}
      card={(row) => (
        <Card
          title={called(row)}
          value={net.show(row)}
          facts={[
            isSome(row.tax) && <span key="tax">{tax.show(row)} tax</span>,
            isSome(row.announced) && <span key="announced">{announced.show(row)} announced</span>,
            known.get(row.key)?.on_cost != null && <span key="yield">{onCost.show(row)}&#8239;% of cost a year</span>,
          ]}
        />
      )}
      file={`${name} income`}
    />
  );
}

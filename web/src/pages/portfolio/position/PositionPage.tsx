/** One position: where has it been, what was done with it, what of the gain came from where, and its lots. */

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { Positions, Returns } from "../../../api/desk";
import { positionsQuery, returnsQuery } from "../../../api/portfolios";
import { Problem } from "../../../api/problem";
import { Amount, Return } from "../../../components/Amount";
import { Notice, Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import { symbolPath } from "../../../lib/address";
import { sum } from "../../../lib/decimal";
import * as format from "../../../lib/format";
import { AsOf } from "../AsOf";
import { beside, rangeOf, scopeOf, tabPath } from "../address";
import { Controls } from "../Controls";
import { Figure } from "../figures/Figure";
import { Stat, Stats } from "../figures/Stat";
import { headline } from "../overview/headline";
import { Spoken } from "../overview/Spoken";
import { Sums } from "../overview/Sums";
import type { PortfolioPageProps } from "../props";
import { HandPrices } from "./HandPrices";
import { LotsTables } from "./LotsTables";
import { Payments } from "./Payments";
import styles from "./Position.module.css";
import { PositionChart } from "./PositionChart";

/** Of own items alone. */
const ValueChart = lazy(async () => ({ default: (await import("../overview/ValueChart")).ValueChart }));
const OwnPrices = lazy(() => import("./OwnPrices"));

export default function PositionPage({ portfolio }: PortfolioPageProps) {
  const instrument = useParams().instrument ?? "";
  const [params] = useSearchParams();
  const scope = { ...scopeOf(params), instrument };
  const range = rangeOf(params);
  const held = useQuery(positionsQuery(portfolio.id, scope));
  const done = useQuery(returnsQuery(portfolio.id, { ...scope, range }));
  const back = tabPath(portfolio.id, "", params);
  if (held.error instanceof Problem && held.error.field === "instrument")
    return (
      <Notice whole title={`${portfolio.name} never held ${instrument}`} action={<Link to={back}>What is held</Link>}>
        <p>{format.told(held.error.detail)}</p>
      </Notice>
    );
  const error = held.error ?? done.error;
  if (error && (!held.data || !done.data))
    return <Trouble whole error={error} onRetry={() => Promise.all([held.refetch(), done.refetch()])} />;
  if (!held.data || !done.data) return <Skeleton height={480} />;
  const [row] = held.data.positions;
  const named = row ?? done.data.contributions.find((each) => each.instrument !== null);
  const isOwn = instrument.startsWith("own:");
  const ticker = named?.ticker ?? instrument;
  return (
    <>
      <header className={styles.head}>
        <p className={styles.name}>
          <Link to={back}>{portfolio.name}</Link> › {isOwn ? ticker : <Link to={symbolPath(ticker)}>{ticker}</Link>}{" "}
          <span className="quiet">{named?.name !== ticker && named?.name}</span>
          {portfolio.right === "owner" && (
            <>
              {" · "}
              <Link to={beside(params, { facts: instrument })}>Say what it is</Link>
            </>
          )}
        </p>
        <h1>
          <Spoken said={headline(done.data.performance, null, done.data.base, range)} />
        </h1>
      </header>
      <AsOf />
      <Figures positions={held.data} returns={done.data} instrument={instrument} />
      {isOwn ? (
        <Suspense fallback={<Skeleton height={360} />}>
          <ValueChart portfolio={portfolio} benchmark={null} instrument={instrument} />
          <OwnPrices instrument={instrument} />
        </Suspense>
      ) : (
        <section className={styles.chart}>
          <Controls portfolio={portfolio} />
          <PositionChart
            portfolio={portfolio}
            instrument={instrument}
            ticker={ticker}
            from={done.data.performance.first}
            to={done.data.performance.last}
          />
        </section>
      )}
      {!isOwn && (
        <HandPrices key={instrument} portfolio={portfolio} instrument={instrument} ticker={ticker} row={row} />
      )}
      <LotsTables portfolio={portfolio} instrument={instrument} row={row} />
      <Payments portfolio={portfolio} instrument={instrument} />
      <Sums performance={done.data.performance} base={done.data.base} of={instrument} />
    </>
  );
}

interface FiguresProps {
  positions: Positions;
  returns: Returns;
  instrument: string;
}

/** All of it, in whichever accounts it lies. */
function Figures({ positions, returns: { base, performance }, instrument }: FiguresProps) {
  const [row] = positions.positions;
  const units = sum(...positions.positions.map((each) => each.units));
  return (
    <Stats>
      <Stat name="Units">
        <span className="amount">{format.exactly(units)}</span>
      </Stat>
      <Stat
        name="Price"
        unit={row?.currency ?? undefined}
        beside={row?.price && `${format.day(row.price.day)}, ${row.price.source}`}
      >
        {row?.price ? (
          <Figure why="price" of={instrument} inside={row.account} label="Price">
            <span className={instrument.startsWith("own:") ? "amount" : undefined}>
              {format.unitPrice(row.price.price)}
            </span>
          </Figure>
        ) : (
          format.NONE
        )}
      </Stat>
      <Stat
        name="Value"
        unit={base}
        beside={row?.lacks && <span className={styles.lacks}>{format.told(row.lacks)}</span>}
      >
        <Figure why="value" of={instrument} label="Value">
          <Amount value={positions.value} currency={base} />
        </Figure>
      </Stat>
      <Stat name="Cost" unit={base}>
        <Figure why="cost" of={instrument} label="Cost">
          <Amount value={positions.cost} currency={base} />
        </Figure>
      </Stat>
      <Stat name="Not yet realised" unit={base}>
        <Figure why="unrealised" of={instrument} label="Not yet realised">
          <Amount value={positions.gain} currency={base} moved />
        </Figure>
      </Stat>
      <Stat name="Time-weighted">
        <Figure why="twr" of={instrument} label="Time-weighted return">
          <Return value={performance.twr} />
        </Figure>
      </Stat>
      <Stat name="Money-weighted">
        <Figure why="mwr" of={instrument} label="Money-weighted return">
          <Return value={performance.mwr.period} />
        </Figure>
      </Stat>
    </Stats>
  );
}

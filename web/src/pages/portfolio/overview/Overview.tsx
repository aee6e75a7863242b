/** How am I really doing? The answer in a sentence, the figures behind it, the way there, and what is held. */

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { positionsQuery, returnsQuery, transactionsQuery } from "../../../api/portfolios";
import { Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import * as format from "../../../lib/format";
import { AsOf } from "../AsOf";
import { rangeOf, scopeOf } from "../address";
import { Controls } from "../Controls";
import type { PortfolioPageProps } from "../props";
import { Begin } from "./Begin";
import { headline } from "./headline";
import { Missing } from "./Missing";
import styles from "./Overview.module.css";
import { PositionsTable } from "./PositionsTable";
import { Problems } from "./Problems";
import { Spoken } from "./Spoken";
import { Stats } from "./Stats";
import { Sums } from "./Sums";
import { ValueChart } from "./ValueChart";

export default function Overview({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const scope = scopeOf(params);
  const range = rangeOf(params);
  const held = useQuery(positionsQuery(portfolio.id, scope));
  const done = useQuery(returnsQuery(portfolio.id, { ...scope, range }));
  const error = held.error ?? done.error;
  if (error && (!held.data || !done.data)) {
    const again = () => Promise.all([held.refetch(), done.refetch()]);
    return <Trouble whole error={error} onRetry={again} />;
  }
  if (!held.data || !done.data) return <Loading />;
  const { data } = done;
  if (held.data.positions.length === 0 && held.data.problems.length === 0)
    return Object.keys(scope).length > 0 ? <Nothing portfolio={portfolio} /> : <Begin portfolio={portfolio} />;
  return (
    <>
      <h1>
        <Spoken said={headline(data.performance, data.benchmark, data.base, range)} />
      </h1>
      <AsOf />
      <Problems problems={held.data.problems} notes={data.performance.notes} />
      <Missing portfolio={portfolio} positions={held.data.positions} />
      <Stats positions={held.data} returns={data} range={range} past={scope.as_of !== undefined} />
      <ValueChart portfolio={portfolio} benchmark={data.benchmark?.ticker ?? null} />
      <section>
        <h2 className={styles.title}>What is held</h2>
        <PositionsTable portfolio={portfolio} positions={held.data} contributions={data.contributions} range={range} />
      </section>
      <Sums performance={data.performance} base={data.base} />
    </>
  );
}

/** Of another day, account or tag there may be something. */
function Nothing({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const { as_of } = scopeOf(params);
  const { data, error, refetch } = useQuery(transactionsQuery(portfolio.id, { limit: 1 }));
  if (error && !data) return <Trouble whole error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  if (data.total === 0) return <Begin portfolio={portfolio} />;
  return (
    <>
      <h1>{as_of ? `Nothing was there on ${format.day(as_of)}` : "Nothing of that is there"}</h1>
      <AsOf />
      <Controls portfolio={portfolio} />
    </>
  );
}

function Loading() {
  return (
    <>
      <Skeleton height={28} width="70%" />
      <Skeleton height={64} />
      <Skeleton height={360} />
      <Skeleton height={240} />
    </>
  );
}

/** Where the pages of portfolios are; each is fetched when it is first wanted. */

import { useQuery } from "@tanstack/react-query";
import { type ComponentType, lazy, Suspense } from "react";
import { Link, Navigate, Route, Routes, useParams, useSearchParams } from "react-router";
import type { Portfolio } from "../../api/desk";
import { portfoliosQuery } from "../../api/portfolios";
import { unreachable } from "../../api/problem";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { useTitle } from "../../lib/hooks";
import { TAB_NAMES, TABS, type Tab, tabPath, wholeOf } from "./address";
import { Frame } from "./Frame";
import { lastLookedAt } from "./last";
import { NoPortfolio } from "./NoPortfolio";
import type { PortfolioPageProps } from "./props";

const PAGES: Record<Tab, ComponentType<PortfolioPageProps>> = {
  "": page(() => import("./overview/Overview")),
  activity: page(() => import("./activity/Activity")),
  income: page(() => import("./income/IncomePage")),
  allocation: page(() => import("./allocation/AllocationPage")),
  checks: page(() => import("./checks/ChecksPage")),
  import: page(() => import("./imports/Import")),
};

const PositionPage = page(() => import("./position/PositionPage"));

export default function PortfolioPages() {
  const told = useQuery(portfoliosQuery());
  if (told.isPending) return <Skeleton height={480} />;
  if (!told.data) return <Trouble whole error={told.error} onRetry={told.refetch} />;
  const { portfolios, sample } = told.data;
  return (
    <Routes>
      {TABS.map((tab) => (
        <Route key={`first ${tab}`} path={tab} element={<First {...{ portfolios, sample, tab }} />} />
      ))}
      {Object.entries(PAGES).map(([tab, Page]) => (
        <Route
          key={tab}
          path={tab ? `:id/${tab}` : ":id"}
          element={<One portfolios={portfolios} tab={tab as Tab} Page={Page} />}
        />
      ))}
      <Route path=":id/position/:instrument" element={<One portfolios={portfolios} tab={null} Page={PositionPage} />} />
      <Route path="*" element={<NoSuch />} />
    </Routes>
  );
}

/** The portfolio that was looked at last, at one of its pages; or what to do where there is none. */
function First({ portfolios, sample, tab }: { portfolios: readonly Portfolio[]; sample: boolean; tab: Tab }) {
  useTitle("Portfolio");
  const [params] = useSearchParams();
  const chosen = portfolios.find(({ id }) => id === lastLookedAt()) ?? portfolios[0];
  if (!chosen) return <NoPortfolio sample={sample} />;
  return <Navigate replace to={`${tabPath(chosen.id, tab)}${params.size > 0 ? `?${params}` : ""}`} />;
}

interface OneProps {
  portfolios: readonly Portfolio[];
  /** Null: a page that no tab leads to. */
  tab: Tab | null;
  Page: ComponentType<PortfolioPageProps>;
}

function One({ portfolios, tab, Page }: OneProps) {
  const id = wholeOf(useParams().id ?? null);
  const portfolio = portfolios.find((each) => each.id === id);
  useTitle(portfolio ? [tab && TAB_NAMES[tab], portfolio.name].filter(Boolean).join(" · ") : "Portfolio");
  if (!portfolio) return <NoSuch />;
  return (
    <Frame portfolio={portfolio} portfolios={portfolios} tab={tab}>
      <Suspense fallback={<Skeleton height={480} />}>
        <Page portfolio={portfolio} />
      </Suspense>
    </Frame>
  );
}

function NoSuch() {
  return (
    <article className="alone">
      <Notice whole title="There is no such portfolio" action={<Link to="/portfolio">Your portfolios</Link>}>
        <p>It may have been removed, or be somebody else’s.</p>
      </Notice>
    </article>
  );
}

/** The code comes from the desk: where it does not come, the desk is away. */
function page(fetchCode: () => Promise<{ default: ComponentType<PortfolioPageProps> }>) {
  return lazy(() =>
    fetchCode().catch(() => {
      throw unreachable();
    }),
  );
}

/** What is open beside a page of a portfolio, as its address says. */

import { lazy, Suspense } from "react";
import type { Portfolio } from "../../api/desk";
import { Panel } from "../../components/Panel";
import { Skeleton } from "../../components/Skeleton";
import { isKind } from "./activity/kinds";
import { beside, PANELS, wholeOf } from "./address";

const WhyPanel = lazy(() => import("./why/WhyPanel"));
const TransactionPanel = lazy(() => import("./activity/TransactionPanel"));
const EditPanel = lazy(() => import("./activity/EditPanel"));
const FactsPanel = lazy(() => import("./facts/FactsPanel"));
const SettingsPanel = lazy(() => import("./settings/SettingsPanel"));
const NewPanel = lazy(() => import("./settings/NewPanel"));

export function hasPanel(params: URLSearchParams): boolean {
  return PANELS.some((name) => params.has(name));
}

export function Beside({ portfolio, params }: { portfolio: Portfolio; params: URLSearchParams }) {
  const back = beside(params);
  return (
    <Suspense
      fallback={
        <Panel title="One moment" back={back}>
          <Skeleton height={320} />
        </Panel>
      }
    >
      <Opened portfolio={portfolio} params={params} back={back} />
    </Suspense>
  );
}

function Opened({ portfolio, params, back }: { portfolio: Portfolio; params: URLSearchParams; back: string }) {
  const [add, edit, facts] = [params.get("add"), params.get("edit"), params.get("facts")];
  if (edit !== null) return <EditPanel key={edit} portfolio={portfolio} number={wholeOf(edit) ?? 0} back={back} />;
  if (add !== null) {
    const kind = isKind(add) ? add : "buy";
    return <TransactionPanel portfolio={portfolio} kind={kind} instrument={params.get("of") ?? ""} back={back} />;
  }
  if (facts !== null) return <FactsPanel portfolio={portfolio} instrument={facts} back={back} />;
  if (params.has("why")) return <WhyPanel portfolio={portfolio} back={back} />;
  if (params.has("new")) return <NewPanel back={back} />;
  return <SettingsPanel key={portfolio.id} portfolio={portfolio} back={back} />;
}

/** Which page an address shows. Each page is fetched when it is first wanted. */

import { lazy, Suspense, useEffect } from "react";
import { Link, Navigate, Route, Routes, useLocation } from "react-router";
import { useStanding } from "./api/login";
import { unreachable } from "./api/problem";
import { Button } from "./components/Button";
import { Notice } from "./components/Notice";
import { Mistake } from "./components/shell/Mistake";
import { fetchPalette, Shell } from "./components/shell/Shell";
import { useOverlays } from "./lib/palette";
import { HomePage } from "./pages/home/HomePage";
import { signInPath } from "./pages/people/address";

const fetchers = {
  portfolio: () => import("./pages/portfolio/PortfolioPages"),
  alerts: () => import("./pages/alerts/AlertsPage"),
  symbol: () => import("./pages/symbol/SymbolPage"),
  compare: () => import("./pages/compare/ComparePage"),
  sources: () => import("./pages/sources/SourcesPage"),
  settings: () => import("./pages/people/SettingsPage"),
  admin: () => import("./pages/people/AdminPage"),
  help: () => import("./pages/help/HelpPage"),
};
const PortfolioPages = lazy(orUnreachable(fetchers.portfolio));
const AlertsPage = lazy(orUnreachable(fetchers.alerts));
const SymbolPage = lazy(orUnreachable(fetchers.symbol));
const ComparePage = lazy(orUnreachable(fetchers.compare));
const SourcesPage = lazy(orUnreachable(fetchers.sources));
const SettingsPage = lazy(orUnreachable(fetchers.settings));
const AdminPage = lazy(orUnreachable(fetchers.admin));
const HelpPage = lazy(orUnreachable(fetchers.help));
const SignInPage = lazy(orUnreachable(() => import("./pages/people/SignInPage")));
const JoinPage = lazy(orUnreachable(() => import("./pages/people/JoinPage")));

const SETTLED_MS = 2500;

export function App() {
  const standing = useStanding();
  if (standing === "asking") return null;
  return (
    <Mistake>
      <Suspense fallback={null}>
        <Routes>
          <Route path="/sign-in" element={<SignInPage />} />
          <Route path="/join" element={<JoinPage />} />
          <Route path="*" element={standing === "in" ? <Desk /> : <ToSignIn />} />
        </Routes>
      </Suspense>
    </Mistake>
  );
}

/** And back to here. */
function ToSignIn() {
  const { pathname, search, hash } = useLocation();
  return <Navigate replace to={signInPath(pathname + search + hash)} />;
}

/** What is for those who have signed in, or where nobody needs to. */
function Desk() {
  // Once the first page stands, the others' code is fetched, and the palette's, so that going there shows no gap.
  useEffect(() => {
    const timer = window.setTimeout(() => {
      // Where that fails, it is fetched again, and the failure told, when it is wanted.
      for (const fetchCode of [fetchPalette, ...Object.values(fetchers)]) fetchCode().catch(() => {});
    }, SETTLED_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <Shell>
      <Suspense fallback={<div style={{ minHeight: "100vh" }} />}>
        <Routes>
          <Route path="/" element={<HomePage />} />
          <Route path="/portfolio/*" element={<PortfolioPages />} />
          <Route path="/alerts" element={<AlertsPage />} />
          <Route path="/symbol/:ticker" element={<SymbolPage />} />
          <Route path="/compare" element={<ComparePage />} />
          <Route path="/sources" element={<SourcesPage />} />
          <Route path="/settings" element={<SettingsPage />} />
          <Route path="/admin" element={<AdminPage />} />
          <Route path="/help" element={<HelpPage />} />
          <Route path="*" element={<NoSuchPage />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}

/** The code comes from the desk: where it does not come, the desk is away. */
function orUnreachable<Code>(fetchCode: () => Promise<Code>): () => Promise<Code> {
  return () =>
    fetchCode().catch(() => {
      throw unreachable();
    });
}

function NoSuchPage() {
  const { search } = useOverlays();
  return (
    <article className="alone">
      <Notice
        whole
        title="There is no such page"
        action={
          <>
            <Button look="main" onClick={() => search()}>
              Search
            </Button>
            <Link to="/">Go to the watchlist</Link>
            <Link to="/help">Help</Link>
          </>
        }
      >
        <p>The address may be mistyped, or come from another version of Openbell.</p>
        <p>
          A symbol’s page is at <code>/symbol/</code> and its ticker; search finds it by name.
        </p>
      </Notice>
    </article>
  );
}

/** Which page an address shows. Each page is fetched when it is first wanted. */

import { lazy, Suspense, useEffect } from "react";
import { Link, Route, Routes } from "react-router";
import { Notice } from "./components/Notice";
import { Shell } from "./components/shell/Shell";
import { HomePage } from "./pages/home/HomePage";

const fetchSymbolPage = () => import("./pages/symbol/SymbolPage");
const SymbolPage = lazy(fetchSymbolPage);
const ComparePage = lazy(() => import("./pages/compare/ComparePage"));
const SourcesPage = lazy(() => import("./pages/sources/SourcesPage"));
const HelpPage = lazy(() => import("./pages/help/HelpPage"));

const SETTLED_MS = 2500;

export function App() {
  // Most visits go from a list to a symbol: its code is fetched once the first page stands.
  useEffect(() => {
    const timer = window.setTimeout(() => void fetchSymbolPage(), SETTLED_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <Shell>
      <Suspense fallback={<div style={{ minHeight: "100vh" }} />}>
        <Routes>
          <Route path="/" element={<HomePage />} />
          <Route path="/symbol/:ticker" element={<SymbolPage />} />
          <Route path="/compare" element={<ComparePage />} />
          <Route path="/sources" element={<SourcesPage />} />
          <Route path="/help" element={<HelpPage />} />
          <Route path="*" element={<NoSuchPage />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}

function NoSuchPage() {
  return (
    <Notice whole title="There is no such page" action={<Link to="/">Go to the watchlist</Link>}>
      <p>The address may be mistyped, or come from another version of Openbell.</p>
    </Notice>
  );
}

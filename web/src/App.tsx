/** Which page an address shows. Each page is fetched when it is first wanted. */

import { lazy, Suspense } from "react";
import { Link, Route, Routes } from "react-router";
import { Notice } from "./components/Notice";
import { Shell } from "./components/shell/Shell";
import { HomePage } from "./pages/home/HomePage";

const SymbolPage = lazy(() => import("./pages/symbol/SymbolPage"));
const ComparePage = lazy(() => import("./pages/compare/ComparePage"));
const SourcesPage = lazy(() => import("./pages/sources/SourcesPage"));
const HelpPage = lazy(() => import("./pages/help/HelpPage"));

export function App() {
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
    <Notice title="There is no such page" action={<Link to="/">Go to the watchlist</Link>}>
      <p>The address may be mistyped, or come from another version of Openbell.</p>
    </Notice>
  );
}

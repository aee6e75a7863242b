import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./App";
import { alertKeys } from "./api/alerts";
import { keepAwake, line } from "./api/live";
import { currentStanding, followStanding, look } from "./api/login";
import { catchUp, queries } from "./api/queries";
import { holdWhileSaving } from "./lib/leaving";
import "./tokens.css";
import "./base.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root to draw in");

followStanding(() => {
  line.close();
  if (currentStanding() !== "in") return;
  line.open({
    onReturn: catchUp,
    onLoss: catchUp,
    onFired: () => queries.invalidateQueries({ queryKey: alertKeys.all }),
  });
});
keepAwake(line);
holdWhileSaving(queries, window);
void look();

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      {/* A click on a range repaints at once: what it needs is in memory, and a transition would let other work go first. */}
      <BrowserRouter useTransitions={false}>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);

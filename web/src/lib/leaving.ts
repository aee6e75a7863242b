/** What is not saved yet is not lost unasked: while something is being sent, the browser asks before it leaves the page. */

import type { QueryClient } from "@tanstack/react-query";

export function holdWhileSaving(
  client: Pick<QueryClient, "isMutating">,
  window: Pick<Window, "addEventListener">,
): void {
  window.addEventListener("beforeunload", (event) => {
    if (client.isMutating() > 0) event.preventDefault();
  });
}

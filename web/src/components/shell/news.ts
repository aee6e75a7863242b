/** What has just fired: told at the foot of a page that is looked at, else by the browser where that is a channel. */

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import type { Firing } from "../../api/desk";
import { channelsQuery, deliveriesQuery, firingsQuery } from "../../api/queries";
import { alertsPath } from "../../lib/address";
import { told } from "../../lib/format";
import { allowed, notify } from "../../lib/notices";
import { sayNext } from "../../lib/toast";

const MOST_TOLD = 3;

/** Tells what fires from now on, but for quiet hours; returns how many firings nobody has looked at. */
export function useNews(): number {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const onThePage = pathname === "/alerts";
  const { data } = useQuery(firingsQuery(MOST_TOLD));
  const newest = useRef<number | null>(null);
  useEffect(() => {
    if (!data) return;
    const known = newest.current;
    newest.current = Math.max(known ?? 0, ...data.firings.map(({ id }) => id));
    if (known === null) return;
    const news = data.firings.filter(({ id, quiet }) => id > known && !quiet);
    for (const firing of news.reverse()) {
      const { id, message } = firing;
      const show = () => navigate(alertsPath({ channels: false, panel: { kind: "firing", firing: id } }));
      if (!document.hidden) {
        // Where what fired stands already it is not said again, over the rows of it.
        if (!onThePage) sayNext({ text: told(message), action: { label: "Show", act: show } });
      } else void isForBrowsers(client, firing).then((is) => is && notify(message, `openbell-firing-${id}`, show));
    }
  }, [data, client, navigate, onThePage]);
  return data?.unseen ?? 0;
}

/** Whether the rule of a firing tells browsers, and this one may be told. */
async function isForBrowsers(client: QueryClient, { id }: Firing): Promise<boolean> {
  if (allowed() !== "granted") return false;
  try {
    const { channels } = await client.fetchQuery(channelsQuery());
    const { deliveries } = await client.fetchQuery(deliveriesQuery(id));
    return deliveries.some(({ channel }) => channels.some((each) => each.id === channel && each.kind === "browser"));
  } catch {
    return false; // The desk went away; the firing is on the page when it is back.
  }
}

/** What has just fired: told at the foot of a page that can be seen, and by the browser to one who looks elsewhere. */

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { channelsQuery, firingsQuery, firingsSince, rulesQuery } from "../../api/alerts";
import type { Firing } from "../../api/desk";
import { alertsPath } from "../../lib/address";
import * as format from "../../lib/format";
import { allowed, isLookedAt, notify } from "../../lib/notices";
import { sayNext } from "../../lib/toast";
import { forBrowsers, type Told, toldAtOnce, toldSingly } from "./told";

/** How many of the newest are asked for again and again; the rest only when there is news. */
const FEW = 3;

/** Tells what fires from now on, but for quiet hours; returns how many firings nobody has looked at. */
export function useNews(): number {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const onThePage = pathname === "/alerts";
  const { data } = useQuery(firingsQuery(FEW));
  const newest = useRef<number | null>(null);
  useEffect(() => {
    if (!data) return;
    const known = newest.current;
    newest.current = Math.max(known ?? 0, ...data.firings.map(({ id }) => id));
    if (known === null || newest.current === known) return;
    const show = ({ firing }: Told) =>
      navigate(alertsPath({ channels: false, panel: firing === null ? null : { kind: "firing", firing } }));
    void newsSince(known, data.firings).then(async (news) => {
      // Where what fired stands already it is not said again, over the rows of it.
      if (!document.hidden && !onThePage) {
        const line = toldAtOnce(news);
        if (line) sayNext({ text: format.told(line.text), action: { label: "Show", act: () => show(line) } });
      }
      if (isLookedAt() || allowed() !== "granted") return;
      for (const each of toldSingly(await ofBrowsers(client, news))) {
        notify(format.told(each.text), `openbell-firing-${each.id}`, () => show(each));
      }
    });
  }, [data, client, navigate, onThePage]);
  return data?.unseen ?? 0;
}

/** What fired since firing `known` outside quiet hours, the newest first. */
async function newsSince(known: number, newest: readonly Firing[]): Promise<Firing[]> {
  // Where the desk went away meanwhile, the few that it told are told.
  const news = await firingsSince(known, newest).catch(() => newest.filter(({ id }) => id > known));
  return news.filter(({ quiet }) => !quiet);
}

/** Those of `news` whose rules tell browsers. */
async function ofBrowsers(client: QueryClient, news: readonly Firing[]): Promise<Firing[]> {
  if (news.length === 0) return [];
  try {
    const [{ rules }, { channels }] = await Promise.all([
      client.fetchQuery({ ...rulesQuery(), staleTime: 0 }),
      client.fetchQuery(channelsQuery()),
    ]);
    return forBrowsers(news, rules, channels);
  } catch {
    return []; // The desk went away; what fired is on the page when it is back.
  }
}

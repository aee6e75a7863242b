/** Alerts: rules, what fired, and the channels that tell of it. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type { ChannelChange, Draft, Firing, NewChannel } from "./desk";
import { answered } from "./problem";
import { every, SECOND } from "./queries";

/** What is told of alerts; all of it is asked again when one fires. */
export const alertKeys = {
  all: ["alerts"] as const,
  rules: ["alerts", "rules"] as const,
  firings: ["alerts", "firings"] as const,
  deliveries: ["alerts", "deliveries"] as const,
  channels: ["alerts", "channels"] as const,
};

/** How soon an alert is noticed by a page that nobody tells of it. */
const NOTICED_MS = 15 * SECOND;

export function rulesQuery() {
  return queryOptions({
    queryKey: alertKeys.rules,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/alerts/rules", { signal })),
  });
}

export function addRule(body: Draft) {
  return answered(client.POST("/api/v1/alerts/rules", { body }));
}

export function changeRule(number: number, body: Draft) {
  return answered(client.PUT("/api/v1/alerts/rules/{number}", { params: { path: { number } }, body }));
}

export function removeRule(number: number) {
  return answered(client.DELETE("/api/v1/alerts/rules/{number}", { params: { path: { number } } }));
}

/** When a rule would have fired; a firing since changes little of that. */
export function trialQuery(body: Draft) {
  return queryOptions({
    queryKey: ["trial", body],
    queryFn: ({ signal }) => answered(client.POST("/api/v1/alerts/trial", { body, signal })),
    placeholderData: keepPreviousData,
    retry: false,
    refetchInterval: false,
  });
}

/** What fired, the newest first; also asked while nobody looks, for that is when an alert is to call. */
export function firingsQuery(limit: number) {
  return queryOptions({
    queryKey: [...alertKeys.firings, limit],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/alerts/firings", { params: { query: { limit } }, signal })),
    refetchInterval: every(NOTICED_MS),
    refetchIntervalInBackground: true,
    placeholderData: keepPreviousData,
  });
}

const MOST_FIRINGS = 100;

/** All that fired after firing `number`, the newest first; `newest` are known already and need not be asked for. */
export async function firingsSince(number: number, newest: readonly Firing[]): Promise<Firing[]> {
  const since: Firing[] = [];
  for (let page = newest, most = newest.length; ; most = MOST_FIRINGS) {
    const news = page.filter(({ id }) => id > number);
    since.push(...news);
    const oldest = news.at(-1);
    if (!oldest || news.length < most) return since;
    const query = { limit: MOST_FIRINGS, before: oldest.id };
    page = (await answered(client.GET("/api/v1/alerts/firings", { params: { query } }))).firings;
  }
}

/** One firing by its number: the newest below the next one. */
export function firingQuery(number: number) {
  const query = { limit: 1, before: number + 1 };
  return queryOptions({
    queryKey: [...alertKeys.firings, query],
    queryFn: async ({ signal }) => {
      const { firings } = await answered(client.GET("/api/v1/alerts/firings", { params: { query }, signal }));
      return firings.find(({ id }) => id === number) ?? null;
    },
  });
}

export function deliveriesQuery(number: number) {
  return queryOptions({
    queryKey: [...alertKeys.deliveries, number],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/alerts/firings/{number}/deliveries", { params: { path: { number } }, signal })),
    refetchInterval: every(2 * SECOND),
  });
}

export function markSeen(upto: number) {
  return answered(client.POST("/api/v1/alerts/firings/seen", { body: { upto } }));
}

export function channelsQuery() {
  return queryOptions({
    queryKey: alertKeys.channels,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/alerts/channels", { signal })),
  });
}

export function addChannel(body: NewChannel) {
  return answered(client.POST("/api/v1/alerts/channels", { body }));
}

export function changeChannel(number: number, body: ChannelChange) {
  return answered(client.PUT("/api/v1/alerts/channels/{number}", { params: { path: { number } }, body }));
}

export function removeChannel(number: number) {
  return answered(client.DELETE("/api/v1/alerts/channels/{number}", { params: { path: { number } } }));
}

export function testChannel(number: number) {
  return answered(client.POST("/api/v1/alerts/channels/{number}/test", { params: { path: { number } } }));
}

/** Jobs, their reports and backfills, and actions that are news. */

import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type { BackfillAsked } from "./desk";
import { answered } from "./problem";
import { every, SECOND } from "./queries";

/** How soon the page sees how a job that runs gets on. */
const RUNNING_MS = SECOND;

export const jobKeys = { all: ["jobs"] as const, inbox: ["inbox"] as const };

export function jobsQuery() {
  return queryOptions({
    queryKey: [...jobKeys.all, "standing"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/jobs", { signal })),
    refetchInterval: ({ state: { data, error } }) => {
      const running = data?.jobs.some(({ state }) => state === "running");
      return every(running ? RUNNING_MS : 5 * SECOND)({ state: { error } });
    },
  });
}

export function runsQuery(name: string) {
  return queryOptions({
    queryKey: [...jobKeys.all, "runs", name],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/jobs/{name}/runs", { params: { path: { name } }, signal })),
    refetchInterval: every(5 * SECOND),
  });
}

export function runJob(name: string) {
  return answered(client.POST("/api/v1/jobs/{name}/run", { params: { path: { name } } }));
}

/** What the newest upkeep found of each symbol's day. */
export function reportsQuery() {
  return queryOptions({
    queryKey: [...jobKeys.all, "reports"],
    queryFn: ({ signal }) =>
      answered(client.GET("/api/v1/jobs/reports", { params: { query: { limit: 1000 } }, signal })),
    refetchInterval: every(15 * SECOND),
  });
}

export function backfillsQuery() {
  return queryOptions({
    queryKey: [...jobKeys.all, "backfills"],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/jobs/backfills", { signal })),
    refetchInterval: every(5 * SECOND),
  });
}

export function askForMonths(body: BackfillAsked) {
  return answered(client.POST("/api/v1/jobs/backfill", { body }));
}

export function withdrawMonths(number: number) {
  return answered(client.DELETE("/api/v1/jobs/backfills/{number}", { params: { path: { number } } }));
}

export function inboxQuery() {
  return queryOptions({
    queryKey: jobKeys.inbox,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/actions/inbox", { signal })),
    refetchInterval: every(15 * SECOND),
  });
}

export type Decision = "apply" | "undo";

/** Has an event in the prices, or out of them. */
export function decide(number: number, decision: Decision) {
  const params = { params: { path: { number } } };
  return answered(
    decision === "apply"
      ? client.POST("/api/v1/actions/inbox/{number}/apply", params)
      : client.POST("/api/v1/actions/inbox/{number}/undo", params),
  );
}

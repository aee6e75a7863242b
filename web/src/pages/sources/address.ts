/** The sources' addresses: which of its views is shown, and which job's runs. */

export const VIEWS = ["sources", "jobs", "actions"] as const;
export type View = (typeof VIEWS)[number];

export interface SourcesAddress {
  view: View;
  /** The job whose runs are looked at. */
  job: string | null;
}

export function sourcesAddress(params: URLSearchParams): SourcesAddress {
  const view = VIEWS.find((each) => each === params.get("view")) ?? "sources";
  return { view, job: view === "jobs" ? params.get("job") : null };
}

export function sourcesPath({ view, job }: SourcesAddress): string {
  if (view === "sources") return "/sources";
  return `/sources?${new URLSearchParams({ view, ...(job && { job }) })}`;
}

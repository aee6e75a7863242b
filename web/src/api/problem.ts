/** The desk's answers, or a Problem that says what happened and what to do. */

/** Why the desk did not answer as asked (RFC 9457), in words a reader can act on. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly title: string,
    readonly detail: string,
    readonly remedy: string | null,
    /** The HTTP status; 0 where the desk could not be reached at all. */
    readonly status: number,
    /** What of the given is wrong, by the name that the desk has for it. */
    readonly field: string | null = null,
    /** What is there now, where somebody else has changed it meanwhile. */
    readonly current: unknown = null,
  ) {
    super(`${title}: ${detail}`);
  }
}

interface Outcome<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of a request; raises Problem for everything else. */
export async function answered<Data>(request: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await request.catch((error: unknown) => {
    // fetch rejects with a TypeError when nobody answers; an aborted request is the caller's own doing.
    if (error instanceof TypeError) throw unreachable();
    throw error;
  });
  // What was done has no words (204): `Data` is undefined then.
  if (response.ok && (data !== undefined || response.status === 204)) return data as Data;
  throw problemOf(error, response.status);
}

/** Nobody answers: the desk was stopped, or has not been started. */
export function unreachable(): Problem {
  return new Problem(
    "The desk does not answer",
    "What you see is the last it said.",
    "Start it with “openbell up”; the page reconnects by itself.",
    0,
  );
}

function problemOf(error: unknown, status: number): Problem {
  // A proxy before a stopped desk answers for it, and not in the desk's words.
  if (!isProblem(error)) {
    return status >= 500 ? unreachable() : new Problem("The desk refused", `It answered ${status}.`, null, status);
  }
  return new Problem(error.title, error.detail, error.remedy ?? null, status, error.field ?? null, error.current);
}

interface Told {
  title: string;
  detail: string;
  remedy?: string | null;
  field?: string | null;
  current?: unknown;
}

function isProblem(error: unknown): error is Told {
  return (
    typeof error === "object" &&
    error !== null &&
    "title" in error &&
    typeof error.title === "string" &&
    "detail" in error &&
    typeof error.detail === "string"
  );
}

/**
 * Carries requests to the desk as whoever has signed in: each write proves that the desk's own page sends it, and a login
 * that ran out is renewed quietly, once for all requests that find it so.
 */

interface Road {
  send: (request: Request) => Promise<Response>;
  /** The mark of the login that the browser carries; empty without one. */
  mark: () => string;
  /** Where the desk is: `http://127.0.0.1:8000`. */
  origin: string;
}

/** What others do when the desk tells something of the login. */
interface LoginHearers {
  /** It has ended, and cannot be renewed. */
  onEnd: () => void;
  /** Somebody signed in or out in another window of the browser. */
  onOther: () => void;
  /** Who has signed in may do less than the page thought. */
  onRefused: () => void;
}

const SESSIONS = "/api/v1/sessions";
const READING = ["GET", "HEAD"];

export class Carrier {
  readonly #road: Road;
  #hearers: LoginHearers | null = null;
  #known: string;
  #renewals = 0;
  #renewal: Promise<boolean> | null = null;

  constructor(road: Road) {
    this.#road = road;
    this.#known = road.mark();
  }

  hear(hearers: LoginHearers): void {
    this.#hearers = hearers;
  }

  /** Whether the browser carries a login at all. */
  get signedIn(): boolean {
    return this.#road.mark() !== "";
  }

  /** Whether the browser carries another login than the page's, or none any more. */
  get isOther(): boolean {
    return this.#road.mark() !== this.#known;
  }

  /** Takes the login that the browser carries now for the page's own. */
  remember(): void {
    this.#known = this.#road.mark();
  }

  readonly send = async (request: Request): Promise<Response> => {
    if (this.isOther) return this.#givenBack();
    const before = this.#renewals;
    const again = request.clone();
    const answer = await this.#carry(request);
    if (answer.status === 403) this.#hearers?.onRefused();
    if (answer.status !== 401 || isSigningIn(request)) return answer;
    if (this.#renewals > before || (await this.#renew())) return this.#carry(again);
    this.#hearers?.onEnd();
    return answer;
  };

  /** What one person wrote is not sent in the name of another. */
  #givenBack(): Response {
    this.#hearers?.onOther();
    const told = { title: "Not sent", detail: "Somebody has signed in or out in this browser meanwhile." };
    return Response.json(told, { status: 409 });
  }

  #carry(request: Request): Promise<Response> {
    const mark = this.#road.mark();
    if (mark && !READING.includes(request.method)) request.headers.set("X-CSRF-Token", mark);
    return this.#road.send(request);
  }

  #renew(): Promise<boolean> {
    this.#renewal ??= this.#ask().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #ask(): Promise<boolean> {
    if (!this.#road.mark()) return false;
    const { ok } = await this.#carry(new Request(`${this.#road.origin}${SESSIONS}/refresh`, { method: "POST" }));
    if (ok) this.#renewals += 1;
    return ok;
  }
}

/** There a 401 is about what was typed. */
function isSigningIn({ method, url }: Request): boolean {
  return method === "POST" && [SESSIONS, `${SESSIONS}/logout`, `${SESSIONS}/passkey`].includes(new URL(url).pathname);
}

/** The mark in a document's cookies, which the desk's own page alone can read. */
export function markIn(cookies: string): string {
  return /(?:^|;\s*)openbell_csrf=([^;]*)/.exec(cookies)?.[1] ?? "";
}

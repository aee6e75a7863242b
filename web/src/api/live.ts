/** The line: one WebSocket on which the desk tells the whole page what changes. Who shows a symbol follows it. */

export interface Minute {
  /** When it began, in seconds since 1970. */
  ts: number;
  open: number | null;
  high: number | null;
  low: number | null;
  close: number | null;
  volume: number | null;
}

/** The newest quote of a symbol, as the desk words it, and its running minute. */
export interface Changed {
  symbol: string;
  ts: string;
  price: number | null;
  open: number | null;
  high: number | null;
  low: number | null;
  volume: number | null;
  minute: Minute | null;
}

interface Update {
  now: string;
  changed: Changed[];
  /** The number of the newest alert that has fired since the desk was started; 0 where none has. */
  fired: number;
}

export interface Told extends Changed {
  /** How old the price was when it was told, by the desk's clock, and when that was by the reader's (milliseconds). */
  age_s: number;
  heard: number;
  /** The last minutes, oldest first; none from before the line was last opened. */
  minutes: readonly Minute[];
}

/** `opening` is the first try; a line that was lost or could not be opened is `down`. */
export type LineState = "opening" | "up" | "down";

/** What the line needs of its surroundings. */
interface Surroundings {
  connect: () => WebSocket;
  /** Calls back before the next frame is painted. */
  frame: (act: () => void) => void;
  later: (act: () => void, wait_ms: number) => number;
  cancel: (timer: number) => void;
  chance: () => number;
  now: () => number;
}

/** What others do when something happens on the line. */
interface Hearers {
  /** Prices may have been missed. */
  onReturn: () => void;
  onLoss: () => void;
  onFired: () => void;
}

const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [500, 15_000];
const KEPT_MINUTES = 10;
/** The state of a socket that is neither open nor lost. */
const CONNECTING = 0;
/** As many as the desk tells one reader about. */
const MOST = 500;

export class Line {
  readonly #in: Surroundings;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #stateListeners = new Set<() => void>();
  readonly #told = new Map<string, Told>();
  /** What was heard since the last frame. */
  readonly #heard = new Map<string, Told>();
  #hearers: Hearers | null = null;
  #socket: WebSocket | null = null;
  #state: LineState = "opening";
  #lost = 0;
  #fired = 0;
  #tries = 0;
  #timer = 0;
  #asking = false;
  #framed = false;

  constructor(surroundings: Surroundings) {
    this.#in = surroundings;
  }

  get state(): LineState {
    return this.#state;
  }

  /** When the line was last lost, in milliseconds; 0 where it never was. */
  get lost(): number {
    return this.#lost;
  }

  told(symbol: string): Told | undefined {
    return this.#told.get(symbol);
  }

  open(hearers: Hearers): void {
    this.#hearers = hearers;
    this.#connect();
  }

  /** Ends the line until it is opened again: nobody is there who may hear it. */
  close(): void {
    this.#in.cancel(this.#timer);
    this.#hearers = null;
    this.#leave();
    this.#socket = null;
    this.#tries = 0;
    this.#told.clear();
    this.#heard.clear();
    this.#become("opening");
  }

  /** Opens the line anew at once: after a sleep it may be dead without anybody having noticed. */
  renew(): void {
    if (!this.#hearers || this.#socket?.readyState === CONNECTING) return;
    this.#leave();
    this.#become("down");
    this.#tries = 0;
    this.#connect();
  }

  /** Calls `listener` in the frame in which `symbol` changes, until the result is called. */
  follow(symbol: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(symbol) ?? new Set();
    this.#listeners.set(symbol, listeners.add(listener));
    if (listeners.size === 1) this.#ask();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#ask();
    };
  }

  followState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  #connect(): void {
    this.#in.cancel(this.#timer);
    const socket = this.#in.connect();
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      this.#fired = 0;
      const returned = this.#state === "down";
      this.#become("up");
      this.#send();
      for (const [symbol, told] of this.#told) this.#told.set(symbol, { ...told, minutes: [] });
      if (returned) this.#hearers?.onReturn();
    };
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => this.#lose();
  }

  /** Ends the connection without waiting for the other side, which may be gone. */
  #leave(): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lose(): void {
    this.#become("down");
    if (this.#tries === 0) this.#hearers?.onLoss();
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries) * (0.5 + this.#in.chance());
    this.#tries += 1;
    this.#timer = this.#in.later(() => this.#connect(), wait);
  }

  #become(state: LineState): void {
    if (state === "down" && this.#state === "up") this.#lost = this.#in.now();
    this.#state = state;
    for (const tell of this.#stateListeners) tell();
  }

  /** Tells the desk what is followed, once for all that changes in one go. */
  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    queueMicrotask(() => {
      this.#asking = false;
      for (const [symbol, { size }] of this.#listeners) {
        if (size > 0) continue;
        this.#listeners.delete(symbol);
        this.#told.delete(symbol);
        this.#heard.delete(symbol);
      }
      this.#send();
    });
  }

  #send(): void {
    if (this.#state !== "up") return;
    this.#socket?.send(JSON.stringify({ symbols: [...this.#listeners.keys()].slice(0, MOST) }));
  }

  #hear({ now, changed, fired }: Update): void {
    if (fired > this.#fired) this.#hearers?.onFired();
    this.#fired = fired;
    for (const each of changed) {
      if (!this.#listeners.has(each.symbol)) continue;
      const before = this.#heard.get(each.symbol) ?? this.#told.get(each.symbol);
      this.#heard.set(each.symbol, {
        ...each,
        age_s: Math.max(0, (Date.parse(now) - Date.parse(each.ts)) / 1000),
        heard: this.#in.now(),
        minutes: withMinute(before?.minutes ?? [], each.minute),
      });
    }
    if (this.#heard.size === 0 || this.#framed) return;
    this.#framed = true;
    this.#in.frame(() => this.#show());
  }

  #show(): void {
    this.#framed = false;
    const heard = [...this.#heard];
    this.#heard.clear();
    for (const [symbol, told] of heard) this.#told.set(symbol, told);
    for (const [symbol] of heard) for (const tell of this.#listeners.get(symbol) ?? []) tell();
  }
}

/** `minutes` with the running one as it is by now. */
export function withMinute(minutes: readonly Minute[], running: Minute | null): readonly Minute[] {
  if (!running) return minutes;
  return [...minutes.filter(({ ts }) => ts < running.ts), running].slice(-KEPT_MINUTES);
}

export const line = new Line({
  connect: () => new WebSocket(`${window.location.origin.replace(/^http/, "ws")}/api/v1/live`),
  frame: (act) => requestAnimationFrame(act),
  later: (act, wait_ms) => window.setTimeout(act, wait_ms),
  cancel: (timer) => window.clearTimeout(timer),
  chance: Math.random,
  now: Date.now,
});

/** A page that was hidden for longer has slept, for all one knows. */
const SLEPT_MS = 30_000;

/** Renews `line` when the network comes back and when the page wakes. */
export function keepAwake(line: Line): void {
  let hidden = Date.now();
  window.addEventListener("online", () => line.renew());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hidden = Date.now();
    else if (Date.now() - hidden > SLEPT_MS) line.renew();
  });
}

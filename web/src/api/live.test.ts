import { expect, test } from "vitest";
import { type Changed, Line, withMinute } from "./live";

class Fake {
  sent: string[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen?.();
  }
  tells(changed: Partial<Changed>[], fired = 0) {
    this.onmessage?.({ data: JSON.stringify({ now: "2026-11-20T15:00:02Z", changed, fired }) });
  }
}

/** A line whose sockets, frames and waits are the test's. */
function made() {
  const sockets: Fake[] = [];
  const frames: (() => void)[] = [];
  const waits: [() => void, number][] = [];
  const heard: string[] = [];
  const line = new Line({
    connect: () => {
      sockets.push(new Fake());
      return sockets.at(-1) as unknown as WebSocket;
    },
    frame: (act) => frames.push(act),
    later: (act, wait_ms) => waits.push([act, wait_ms]),
    cancel: () => {},
    chance: () => 0.5,
    now: () => 1000,
  });
  line.open({
    onReturn: () => heard.push("return"),
    onLoss: () => heard.push("loss"),
    onFired: () => heard.push("fired"),
  });
  const socket = () => sockets.at(-1) ?? new Fake();
  const paint = () => {
    for (const act of frames.splice(0)) act();
  };
  return { line, socket, paint, frames, waits, heard };
}

const settled = () => new Promise<void>((done) => queueMicrotask(done));
const acme = { symbol: "ACME", ts: "2026-11-20T15:00:00Z", price: 10, minute: null };

test("the desk is asked once for all symbols that are shown, and no more for one that nobody shows", async () => {
  const { line, socket } = made();
  socket().opens();
  const leave = line.follow("ACME", () => {});
  const leaveToo = line.follow("ACME", () => {});
  line.follow("BETA", () => {});
  await settled();
  leave();
  await settled();
  leaveToo();
  await settled();
  expect(socket().sent).toEqual(['{"symbols":[]}', '{"symbols":["ACME","BETA"]}', '{"symbols":["BETA"]}']);
});

test("what is told within a frame is shown once, at its end", async () => {
  const { line, socket, paint, frames } = made();
  let drawn = 0;
  line.follow("ACME", () => {
    drawn += 1;
  });
  socket().opens();
  socket().tells([acme]);
  socket().tells([
    { ...acme, price: 11 },
    { ...acme, symbol: "OTHER" },
  ]);
  expect([drawn, frames.length, line.told("ACME")]).toEqual([0, 1, undefined]);
  paint();
  expect(drawn).toBe(1);
  expect(line.told("ACME")).toMatchObject({ price: 11, age_s: 2, heard: 1000 });
  expect(line.told("OTHER")).toBeUndefined();
});

test("a lost line is told once, is tried again ever later, and what was missed is asked for when it is back", () => {
  const { line, socket, waits, heard } = made();
  socket().opens();
  expect([line.state, heard]).toEqual(["up", []]);
  for (let times = 0; times < 8; times++) {
    socket().onclose?.();
    waits.at(-1)?.[0]();
  }
  expect(line.state).toBe("down");
  expect(waits.map(([, wait_ms]) => wait_ms)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  expect(heard).toEqual(["loss"]);
  socket().opens();
  expect(line.state).toBe("up");
  expect(heard).toEqual(["loss", "return"]);
});

test("after a sleep the line is opened anew, and what was missed is asked for once", () => {
  const { line, socket, heard } = made();
  socket().opens();
  const before = socket();
  line.renew();
  expect(before.readyState).toBe(3);
  socket().opens();
  expect([line.state, heard]).toEqual(["up", ["return"]]);
});

test("minutes from before a line was lost are forgotten: their volume would lack what nobody heard", () => {
  const { line, socket, paint } = made();
  const minute = { ts: 60, open: 1, high: 1, low: 1, close: 1, volume: 1 };
  line.follow("ACME", () => {});
  socket().opens();
  socket().tells([{ ...acme, minute }]);
  paint();
  line.renew();
  expect(line.told("ACME")?.minutes).toEqual([minute]);
  socket().opens();
  expect(line.told("ACME")).toMatchObject({ price: 10, minutes: [] });
});

test("a new firing is told once, one of before a desk's start again", () => {
  const { socket, heard } = made();
  socket().opens();
  socket().tells([], 0);
  socket().tells([], 3);
  socket().tells([], 3);
  expect(heard).toEqual(["fired"]);
});

test("of a minute its last state is kept, and of minutes the last ten", () => {
  const minute = (ts: number, close: number) => ({ ts, open: 1, high: 1, low: 1, close, volume: 1 });
  let minutes = withMinute([], null);
  for (let ts = 0; ts < 720; ts += 60) minutes = withMinute(withMinute(minutes, minute(ts, 1)), minute(ts, 2));
  expect(minutes.map(({ ts }) => ts)).toEqual([120, 180, 240, 300, 360, 420, 480, 540, 600, 660]);
  expect(minutes.every(({ close }) => close === 2)).toBe(true);
});

test("a line that was ended stays so, also when the page wakes, and tells what is new once it is opened again", () => {
  const { line, socket, waits, heard } = made();
  socket().opens();
  const first = socket();
  line.follow("ACME", () => {});
  line.close();
  line.renew();
  expect([first.readyState, first.onclose, line.state]).toEqual([3, null, "opening"]);
  expect([socket(), waits, heard]).toEqual([first, [], []]);
  line.open({ onReturn: () => {}, onLoss: () => {}, onFired: () => heard.push("fired") });
  socket().opens();
  socket().tells([], 1);
  expect([line.state, socket().sent, heard]).toEqual(["up", ['{"symbols":["ACME"]}'], ["fired"]]);
});

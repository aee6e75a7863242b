import { expect, test } from "vitest";
import { Carrier, markIn } from "./carrier";

const ORIGIN = "http://127.0.0.1:8000";

/** A desk whose access token has run out or not, and a browser that carries `mark`. */
function made({ mark = "m1", expired = false, renews = true } = {}) {
  const state = { mark, expired, renews, expires: true, tellLate: () => {} };
  const late = new Promise<void>((done) => {
    state.tellLate = done;
  });
  const sent: string[] = [];
  const heard: string[] = [];
  const send = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    sent.push([request.method, pathname, request.headers.get("X-CSRF-Token")].filter(Boolean).join(" "));
    const refused = state.expired;
    await (pathname.endsWith("/late") ? late : Promise.resolve());
    if (pathname.endsWith("/refresh")) {
      if (state.renews && state.expires) state.expired = false;
      return new Response(null, { status: state.renews ? 200 : 401 });
    }
    if (pathname.endsWith("/users")) return new Response(null, { status: 403 });
    if (refused) return new Response(null, { status: 401 });
    return new Response(await request.text(), { status: 200 });
  };
  const carrier = new Carrier({ send, mark: () => state.mark, origin: ORIGIN });
  carrier.hear({
    onEnd: () => heard.push("end"),
    onOther: () => heard.push("other"),
    onRefused: () => heard.push("refused"),
  });
  const ask = (path: string, init?: RequestInit) => carrier.send(new Request(`${ORIGIN}/api/v1${path}`, init));
  return { carrier, ask, state, sent, heard };
}

test("a write carries the mark that only the desk's own page can read, and a question does not", async () => {
  const { ask, sent } = made();
  await ask("/market");
  await ask("/watchlists/1", { method: "PUT", body: "{}" });
  expect(sent).toEqual(["GET /api/v1/market", "PUT /api/v1/watchlists/1 m1"]);
});

test("a login that ran out is renewed once for all that find it so, and each is asked again as it was", async () => {
  const { ask, sent, heard } = made({ expired: true });
  const answers = await Promise.all([
    ask("/market"),
    ask("/quotes"),
    ask("/watchlists/1", { method: "PUT", body: '{"name":"Mine"}' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await answers[2]?.text()).toBe('{"name":"Mine"}');
  expect(sent.filter((each) => each.includes("refresh"))).toEqual(["POST /api/v1/sessions/refresh m1"]);
  expect(sent).toHaveLength(7);
  expect(heard).toEqual([]);
});

test("a refusal that comes after the renewal for another request is no reason to renew again", async () => {
  const { ask, state, sent } = made({ expired: true });
  const late = ask("/late");
  await ask("/quotes");
  state.tellLate();
  expect((await late).status).toBe(200);
  expect(sent.filter((each) => each.includes("refresh"))).toHaveLength(1);
});

test("a login that cannot be renewed has ended", async () => {
  const { ask, heard } = made({ expired: true, renews: false });
  expect((await ask("/market")).status).toBe(401);
  expect(heard).toEqual(["end"]);
});

test("a login that was renewed has not ended, whatever else is refused", async () => {
  const { ask, state, heard } = made({ expired: true });
  state.expires = false;
  expect((await ask("/market")).status).toBe(401);
  expect(heard).toEqual([]);
});

test("where nobody has signed in there is nothing to renew", async () => {
  const { ask, sent, heard } = made({ mark: "", expired: true });
  await ask("/market");
  expect([sent, heard]).toEqual([["GET /api/v1/market"], ["end"]]);
});

test("a wrong password is no ended login", async () => {
  const { ask, sent, heard } = made({ expired: true });
  expect((await ask("/sessions", { method: "POST", body: "{}" })).status).toBe(401);
  expect([sent, heard]).toEqual([["POST /api/v1/sessions m1"], []]);
});

test("what one person wrote is not sent in the name of who signed in meanwhile", async () => {
  const { carrier, ask, state, sent, heard } = made();
  state.mark = "m2";
  expect((await ask("/watchlists/1", { method: "PUT", body: "{}" })).status).toBe(409);
  expect([sent, heard]).toEqual([[], ["other"]]);
  carrier.remember();
  expect((await ask("/market")).status).toBe(200);
});

test("that one may do less is heard", async () => {
  const { ask, heard } = made();
  await ask("/users");
  expect(heard).toEqual(["refused"]);
});

test("the mark is found among other cookies", () => {
  expect(markIn("theme=dark; openbell_csrf=abc-1; z=1")).toBe("abc-1");
  expect(markIn("not_openbell_csrf=abc")).toBe("");
  expect(markIn("")).toBe("");
});

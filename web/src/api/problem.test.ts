import { expect, test } from "vitest";
import { answered, Problem } from "./problem";

const refusal = async (request: Promise<{ data?: unknown; error?: unknown; response: Response }>) => {
  const problem = await answered(request).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(problem instanceof Problem)) throw new Error(`expected a Problem, got ${String(problem)}`);
  const { title, detail, remedy, status } = problem;
  return { title, detail, remedy, status };
};

test("an answer is its data", async () => {
  const response = Response.json({ price: 189.42 });
  expect(await answered(Promise.resolve({ data: { price: 189.42 }, response }))).toEqual({ price: 189.42 });
});

test("a problem is told in the desk's own words", async () => {
  const error = {
    title: "Unknown symbol",
    status: 404,
    detail: "No such symbol: ZZZZ.",
    remedy: "Check the spelling.",
  };
  expect(await refusal(Promise.resolve({ error, response: Response.json(error, { status: 404 }) }))).toEqual({
    title: "Unknown symbol",
    detail: "No such symbol: ZZZZ.",
    remedy: "Check the spelling.",
    status: 404,
  });
});

test("a problem names the field that is wrong, for its words to stand there", async () => {
  const error = { title: "Invalid input", detail: "level is -1.", field: "level" };
  const problem = await answered(Promise.resolve({ error, response: Response.json(error, { status: 422 }) })).catch(
    (each: unknown) => each,
  );
  expect(problem).toMatchObject({ field: "level", detail: "level is -1." });
});

test("what was done without words is done", async () => {
  await expect(answered(Promise.resolve({ response: new Response(null, { status: 204 }) }))).resolves.toBeUndefined();
});

test("a desk that is not running is told apart from one that refuses", async () => {
  const nobody = await refusal(Promise.reject(new TypeError("Failed to fetch")));
  const proxy = await refusal(Promise.resolve({ error: "Bad gateway", response: new Response("", { status: 502 }) }));
  expect([nobody.status, proxy.status]).toEqual([0, 0]);
  expect(nobody.remedy).toContain("openbell up");
});

test("a refusal without words still says its status", async () => {
  const { detail, status } = await refusal(Promise.resolve({ error: "", response: new Response("", { status: 403 }) }));
  expect([detail, status]).toEqual(["It answered 403.", 403]);
});

test("a question that is no longer asked is not a problem", async () => {
  const gone = new DOMException("aborted", "AbortError");
  await expect(answered(Promise.reject(gone))).rejects.toBe(gone);
});

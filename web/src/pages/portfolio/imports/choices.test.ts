import { expect, test } from "vitest";
import type { Account, Preview, PreviewRow } from "../../../api/desk";
import {
  besides,
  bookText,
  countsText,
  fresh,
  furthest,
  intoText,
  isTurnable,
  stepAt,
  stepsOf,
  turned,
  withAnswered,
  withColumn,
  withoutWord,
} from "./choices";

const preview = (parts: Partial<Preview>): Preview => ({
  question: null,
  columns: null,
  differences: [],
  holdings: 0,
  preset: "degiro",
  broker: "Degiro",
  counts: {},
  accounts: [],
  instruments: [],
  rows: [],
  total: 0,
  problems: [],
  ignored: [],
  notes: [],
  kept: null,
  unheld: [],
  unheld_total: 0,
  counted_as: null,
  ready: true,
  ...parts,
});
const matched = (id: string | null) =>
  ({ key: "X", named: "X", isin: "", name: "", id, ticker: id, how: "isin", sure: true, candidates: [] }) as const;
const row = (state: PreviewRow["state"]) => ({ fingerprint: "f1", state }) as PreviewRow;

test("a preview says into which accounts it goes", () => {
  const place = (account: number | null, name: string) => ({ told: "", account, name, currency: "EUR" });
  const accounts = [{ id: 1, name: "My bank" }] as Account[];
  const into = (...places: ReturnType<typeof place>[]) => intoText(preview({ accounts: places }), accounts);
  expect([
    into(),
    into(place(1, "Degiro")),
    into(place(null, "Degiro")),
    into(place(1, "A"), place(null, "B")),
  ]).toEqual([
    null,
    "Into My bank.",
    "Into a new account, Degiro in EUR.",
    "Into My bank and a new account, B in EUR.",
  ]);
});

test("a name stands once beside an instrument of a file", () => {
  const [isin, named] = ["US0378331005", "AAPL"];
  expect([
    besides({ named, name: "Apple", isin }),
    besides({ named, name: "Apple", isin: "" }),
    besides({ named, name: "", isin: "" }),
    besides({ named: isin, name: "", isin }),
    besides({ named: "Flat", name: "Flat", isin: "" }),
  ]).toEqual([isin, named, "", "", ""]);
});

test("one comes as far as to where somebody must decide", () => {
  const question = { option: "dates", what: "", remedy: "", options: ["dmy", "mdy"] };
  const chosen = { ...matched("AAPL"), candidates: [] };
  const unknown = { ...matched(null), candidates: [] };
  expect(furthest(preview({ question }))).toBe("map");
  expect(furthest(preview({ instruments: [chosen, unknown] }))).toBe("match");
  expect(furthest(preview({ instruments: [chosen] }))).toBe("preview");
  expect(stepAt(preview({ instruments: [chosen, unknown] }), "preview")).toBe("match");
});

test("what is taken as it stands is looked at first, and then gone past", () => {
  const instruments = [{ ...matched("NEW"), sure: false, candidates: [] }];
  expect(stepAt(preview({ instruments }), null)).toBe("match");
  expect(stepAt(preview({ instruments }), "preview")).toBe("preview");
  expect(stepAt(preview({ instruments, ready: false }), null)).toBe("preview");
  expect(stepAt(preview({ instruments: [{ ...matched("AAPL"), candidates: [] }] }), null)).toBe("preview");
  expect(stepAt(preview({}), "match")).toBe("preview");
});

test("what needs units that are not there is looked at like anything else, and said where it is booked", () => {
  const instruments = [{ ...matched("NEW"), sure: false, candidates: [] }];
  const lacking = { unheld_total: 2, ready: false, counts: { new: 3 } };
  expect(stepAt(preview({ instruments, ...lacking }), null)).toBe("match");
  expect(bookText(preview(lacking), "Mine")).toBe("Units are not there for some of it");
  expect(bookText(preview({ ...lacking, ready: true }), "Mine")).toBe("Book 3 transactions into Mine");
  expect(bookText(preview({ ready: false }), "Mine")).toBe("Nothing of it is new");
  expect(bookText(preview({ counts: { beside: 2 } }), "Mine")).toBe("Book prices and facts by hand into Mine");
});

test("a file that a preset knows is not mapped, and one of cash alone not matched", () => {
  expect(stepsOf(preview({}))).toEqual(["upload", "preview"]);
  expect(stepsOf(preview({ instruments: [{ ...matched("AAPL"), candidates: [] }] }))).toEqual([
    "upload",
    "match",
    "preview",
  ]);
  const columns = { header: ["Date"], samples: [""], proposed: null, fields: ["date"] };
  expect(stepsOf(preview({ columns }))).toEqual(["upload", "map", "preview"]);
});

test("a question that was answered stays with its step until one goes on, though nothing else is to be mapped", () => {
  const question = { option: "dates", what: "", remedy: "", options: ["dmy", "mdy"] };
  const answered = withAnswered(withAnswered([], preview({ question })), preview({}));
  expect(answered).toEqual([question]);
  expect(withAnswered(answered, preview({ question }))).toEqual([question]);
  expect(stepsOf(preview({}), answered)).toEqual(["upload", "map", "preview"]);
  expect(stepAt(preview({}), "map", answered)).toBe("map");
  expect(stepAt(preview({}), "map")).toBe("preview");
});

test("a row that is left out comes back, and one that is alike is taken on purpose", () => {
  const left = turned(fresh("x.csv"), row("new"));
  expect([left.leave, left.take]).toEqual([["f1"], []]);
  const back = turned(left, row("left"));
  expect([back.leave, back.take]).toEqual([[], []]);
  const taken = turned(fresh("x.csv"), row("alike"));
  expect([taken.leave, taken.take]).toEqual([[], ["f1"]]);
  const again = turned(taken, row("new"));
  expect([again.leave, again.take]).toEqual([["f1"], []]);
});

test("what is here already and what is yet to come is not decided about", () => {
  expect((["new", "alike", "left", "known", "future"] as const).map((state) => isTurnable(row(state)))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("a field is read from a column, or from none", () => {
  const mapping = { columns: { date: "Day" }, kinds: {}, signed: true };
  expect(withColumn(mapping, "amount", "Sum").columns).toEqual({ date: "Day", amount: "Sum" });
  expect(withColumn(mapping, "date", "").columns).toEqual({});
});

test("a word that was said to mean a kind can mean none again", () => {
  const mapping = { columns: { kind: "Art" }, kinds: { Gebucht: "buy", Weg: "sell" } as const, signed: true };
  expect(withoutWord(mapping, "Gebucht")).toEqual({ ...mapping, kinds: { Weg: "sell" } });
});

test("what becomes of the rows is told in words, without what there is none of", () => {
  expect(countsText({ new: 38, known: 0, ignored: 13, problems: 1 })).toBe(
    "38 new, 1 not understood, 13 without effect",
  );
  expect(countsText({})).toBe("nothing");
});

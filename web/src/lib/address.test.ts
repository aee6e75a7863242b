import { expect, test } from "vitest";
import {
  alertAsked,
  alertsAddress,
  alertsPath,
  chartAddress,
  chartQuery,
  compareAddress,
  compareQuery,
  homeAddress,
  homePath,
  inRange,
  isTicker,
  newAlertPath,
  sortOf,
  symbolPath,
  symbolsOf,
} from "./address";

const chart = (text: string) => chartAddress(new URLSearchParams(text));

test("a bare address is the default chart", () => {
  expect(chart("")).toEqual({
    range: "6M",
    from: null,
    to: null,
    interval: null,
    adjust: "split",
    hours: "regular",
    scale: "linear",
    indicators: [],
    table: false,
    asOf: null,
    trial: null,
  });
});

test("a chart's address reads back as it was written, and stays readable", () => {
  const text = "range=5Y&interval=1w&adjust=raw&scale=log&with=sma:20;macd:12,26,9&view=table&as_of=2026-01-02&trial=3";
  expect(chartQuery(chart(text))).toBe(text);
});

test("a stretch of its own stands in the place of a range", () => {
  expect(chartQuery(chart("range=5Y&from=2014-06-01&to=2014-06-30&interval=1d"))).toBe(
    "from=2014-06-01&to=2014-06-30&interval=1d",
  );
  expect(chartQuery({ ...chart("from=2014-06-01&interval=1d&adjust=raw"), ...inRange("1Y") })).toBe(
    "range=1Y&adjust=raw",
  );
});

test("what is not understood is the default, not an error", () => {
  expect(chartQuery(chart("range=7Q&adjust=magic&from=soon&as_of=then&with=sma:20;sma:-1;nonsense;sma:20"))).toBe(
    "with=sma:20",
  );
});

test("a range is known in any case", () => {
  expect(chart("range=max").range).toBe("Max");
});

test("a comparison keeps at most eight symbols, each once", () => {
  const address = compareAddress(new URLSearchParams("symbols=a,b,a,c,d,e,f,g,h,i&view=volume&window=50"));
  expect(compareQuery(address)).toBe("symbols=A,B,C,D,E,F,G,H&view=volume&window=50");
});

test("tickers may be parted by commas, spaces or lines", () => {
  expect(symbolsOf(" aapl, msft\nbrk.b ")).toEqual(["AAPL", "MSFT", "BRK.B"]);
});

test("what no exchange could list is no ticker", () => {
  expect(["BRK.B", "^GSPC", "BTC/USD", "EURUSD=X", "0700.HK"].every(isTicker)).toBe(true);
  expect(["", "!!", "A B", "-", "x".repeat(21)].some(isTicker)).toBe(false);
  expect(symbolsOf("AAPL, !!, MSFT")).toEqual(["AAPL", "MSFT"]);
});

test("a leading minus sorts the largest first", () => {
  expect(sortOf("-change", ["price", "change"])).toEqual({ key: "change", descending: true });
  expect(sortOf("colour", ["price", "change"])).toBeNull();
});

test("a ticker with a slash is one part of the path", () => {
  expect(symbolPath("BTC/USD")).toBe("/symbol/BTC%2FUSD");
});

const alerts = (text: string) => alertsAddress(new URLSearchParams(text));

test("an address of the alerts reads back as it was written", () => {
  for (const text of ["", "new", "new=AAPL&level=190", "edit=3", "firing=12", "channels", "channels&add=ntfy"]) {
    expect(alertsPath(alerts(text))).toBe(text ? `/alerts?${text}` : "/alerts");
  }
  expect(alertsPath(alerts("channels&channel=2"))).toBe("/alerts?channels&channel=2");
});

test("what is no number, no level and no ticker opens nothing, or an empty rule", () => {
  expect(alerts("edit=0&firing=x").panel).toBeNull();
  expect(alerts("edit=1.5").panel).toBeNull();
  expect(alerts("new=!!&level=-4").panel).toEqual({ kind: "new", symbol: null, level: null });
});

test("a new alert is asked for in a line", () => {
  expect(alertAsked("alert aapl 190")).toEqual({ symbol: "AAPL", level: 190 });
  expect(alertAsked("Alert on BTC/USD at 0.5")).toEqual({ symbol: "BTC/USD", level: 0.5 });
  expect(alertAsked("alert AAPL")).toEqual({ symbol: "AAPL", level: null });
  expect(alertAsked("alert")).toBeNull();
  expect(alertAsked("alerts")).toBeNull();
  expect(newAlertPath("BTC/USD", 0.5)).toBe("/alerts?new=BTC%2FUSD&level=0.5");
});

test("home's address says which list, and how it is shown; the usual is left out", () => {
  const home = (text: string) => homeAddress(new URLSearchParams(text));
  const usual = { list: null, view: "price", sort: null, benchmark: null, arrange: false };
  expect(home("")).toEqual(usual);
  expect(homePath(home(""))).toBe("/");
  const told = { list: 2, view: "risk", sort: "-beta", benchmark: "BRK.B", arrange: true };
  expect(home("list=2&view=risk&sort=-beta&benchmark=brk.b&arrange")).toEqual(told);
  expect(homePath(home("arrange&benchmark=BRK.B&sort=-beta&view=risk&list=2"))).toBe(
    "/?list=2&view=risk&sort=-beta&benchmark=BRK.B&arrange",
  );
  expect(home("list=two&view=nonsense&benchmark=%3Cb%3E")).toEqual(usual);
});

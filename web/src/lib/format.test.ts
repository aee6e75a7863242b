import { describe, expect, test } from "vitest";
import * as format from "./format";

describe("numbers", () => {
  test("a price has the decimals of its size", () => {
    const shown = [189.42, 7431250, 0.0217, 0.0001, 1, 0].map((value) => format.price(value));
    expect(shown).toEqual(["189.42", "7\u202f431\u202f250.00", "0.02170", "0.0001000", "1.00", "0.00"]);
  });
  test("a fall has the true minus, a rise a plus, and neither has none", () => {
    expect([-1.5, 1.5, 0].map((value) => format.change(value, 2))).toEqual(["\u22121.50", "+1.50", "0.00"]);
  });
  test("what rounds to nothing carries no sign", () => {
    expect([format.percent(-0.001), format.percent(0.001)]).toEqual(["0.00", "0.00"]);
  });
  test("a missing figure is an en dash, never a zero", () => {
    const shown = [format.price(null), format.change(undefined, 2), format.percent(null), format.compact(Number.NaN)];
    expect(shown).toEqual(["\u2013", "\u2013", "\u2013", "\u2013"]);
  });
  test("volumes step up before they would read 1000.0 of the smaller unit", () => {
    const shown = [890, 1000, 51_234_000, 999_949, 999_951, 2.5e12].map(format.compact);
    expect(shown).toEqual(["890", "1.0\u202fK", "51.2\u202fM", "999.9\u202fK", "1.0\u202fM", "2.5\u202fT"]);
  });
  test("shares and sizes carry their unit", () => {
    expect([format.share(0.1234), format.bytes(63_221_000), format.bytes(0)]).toEqual([
      "12.3\u202f%",
      "63.2\u202fMB",
      "0\u202fB",
    ]);
  });
});

describe("money", () => {
  test("an amount has the decimals of its currency, and no digit of it is lost", () => {
    const shown = [
      format.amount("1234.5", "EUR"),
      format.amount("123456789012345.67", "USD"),
      format.amount("-1500", "JPY"),
      format.amount("0.1", "USD", true),
      format.amount(null, "USD"),
    ];
    expect(shown).toEqual([
      "1\u202f234.50",
      "123\u202f456\u202f789\u202f012\u202f345.67",
      "\u22121\u202f500",
      "+0.10",
      "\u2013",
    ]);
  });
  test("an amount in a sentence names its currency, and leaves cents out where they tell nothing", () => {
    expect([format.money("-12.3", "CHF"), format.roughMoney(12345.67, "EUR"), format.roughMoney(9.5, "EUR")]).toEqual([
      "\u221212.30\u00a0CHF",
      "12\u202f346\u00a0EUR",
      "9.50\u00a0EUR",
    ]);
  });
  test("units have all the digits that they were told with, and no idle ones", () => {
    expect([
      format.exactly("12.00000000"),
      format.exactly("0.16431924"),
      format.exactly("-1000.5"),
      format.exactly("3", 2),
    ]).toEqual(["12", "0.16431924", "\u22121\u202f000.5", "3.00"]);
  });
  test("a return is told in percent", () => {
    expect([format.gain("0.1234"), format.gain(-0.01), format.gain(null), format.shareFigure("0.256")]).toEqual([
      "+12.34\u202f%",
      "\u22121.00\u202f%",
      "\u2013",
      "25.6",
    ]);
  });
});

test("the desk's own sentence gets true minus signs, thin thousands and days in words", () => {
  expect(
    format.told("A price is zero or less: open 2695263.0, low -76.55, close 76.61. Seen 2026-11-10, in 2026."),
  ).toBe("A price is zero or less: open 2\u202f695\u202f263, low \u221276.55, close 76.61. Seen 10 Nov 2026, in 2026.");
  expect(format.told("10 SHEL were sold on 2026-02-06 (T-2026-02-06), in 2026-02-06.csv of 2026-13-40.")).toBe(
    "10 SHEL were sold on 6 Feb 2026 (T-2026-02-06), in 2026-02-06.csv of 2026-13-40.",
  );
  expect(format.told("That is no day. Write it like 2026-01-31.")).toContain("2026-01-31");
});

describe("time", () => {
  test("September has three letters like every month", () => {
    expect([format.day("2025-09-01"), format.weekdayOfYear("2025-09-01")]).toEqual(["1 Sep 2025", "Mon 1 Sep 2025"]);
  });
  test("a day near today needs no year", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    expect(format.month("2025-09-01")).toBe("Sep 2025");
    expect([format.dayNear("2026-08-28", now), format.dayNear("2025-08-28", now)]).toEqual(["28 Aug", "28 Aug 2025"]);
  });
  test("a session that ends at midnight is that of the day before", () => {
    expect(format.day(format.tradeDay("2025-08-29T00:00:00Z"))).toBe("28 Aug 2025");
  });
  test("a zone is named by its place", () => {
    expect(["America/New_York", "UTC", "Etc/UTC"].map(format.zoneName)).toEqual(["New York time", "UTC", "UTC"]);
  });
  test("a tick carries its year where the axis does not tell it elsewhere", () => {
    const august = Date.UTC(2025, 7, 11) / 1000;
    expect([format.axisTick(august, "day", false), format.axisTick(august, "month", true)]).toEqual([
      "11 Aug",
      "Aug 2025",
    ]);
  });
  test("a daily bar shows its own date, whatever the zone", () => {
    expect(format.barTime(Date.UTC(2026, 10, 19) / 1000, "America/New_York", false)).toBe("19 Nov 2026");
  });
  test("an intraday bar shows the exchange's clock", () => {
    expect(format.barTime(Date.UTC(2026, 10, 19, 14, 30) / 1000, "America/New_York", true)).toBe("19 Nov 2026 09:30");
  });
  test("midnight is 00:00, not 24:00", () => {
    expect(format.clock("2026-11-19T00:00:00Z", "UTC")).toBe("00:00");
  });
  test("an instant of a proof is told to the second, in the reader's zone", () => {
    expect(format.toTheSecond(new Date(2026, 4, 12, 9, 5, 7))).toBe("12 May 2026 09:05:07");
  });
  test("a countdown names its two largest units", () => {
    expect([8040, 845, 5, -3, 183_600].map(format.span)).toEqual([
      "2 h 14 min",
      "14 min 05 s",
      "5 s",
      "0 s",
      "2 d 3 h",
    ]);
  });
  test("things are counted in one or in many", () => {
    expect([0, 1, 12_000].map((count) => format.counted(count, "alert"))).toEqual([
      "0 alerts",
      "1 alert",
      "12\u202f000 alerts",
    ]);
  });
  test("a budget is counted by the minute or the day", () => {
    expect([60, 900, 86_400].map(format.period)).toEqual(["minute", "15 min", "day"]);
  });
  test("an age names its largest unit", () => {
    expect([3.9, 900, 14_400, 172_800, null].map(format.age)).toEqual(["3 s", "15 min", "4 h", "2 d", "\u2013"]);
  });
});

test("how long ago does not change by the second", () => {
  expect([0, 4.9, 5, 9, 10, 19, 59, 60, 150].map(format.ago)).toEqual([
    "now",
    "now",
    "5 s ago",
    "5 s ago",
    "10 s ago",
    "10 s ago",
    "50 s ago",
    "1 min ago",
    "2 min ago",
  ]);
});

test("a dividend has two decimals, and as many more as it needs", () => {
  expect([0.2, 2.65, 0.5132, 0.0018754, 3].map(format.dividend)).toEqual([
    "0.20",
    "2.65",
    "0.5132",
    "0.001875",
    "3.00",
  ]);
});

test("a firing keeps the decimals of its prices, and its thousands are thin", () => {
  expect(format.told("QUORB reached 82.00: 82.05")).toBe("QUORB reached 82.00: 82.05");
  expect(format.told("QUORB -0.10 % from 1,080.50: 1,079.42")).toBe(
    "QUORB \u22120.10 % from 1\u202f080.50: 1\u202f079.42",
  );
  expect(format.told("QUORB traded 1,234,567 today")).toBe("QUORB traded 1\u202f234\u202f567 today");
});

test("a currency that is still being typed has two decimals", () => {
  expect(["", "U", "EU", "EUR", "JPY", "EURO", "€"].map(format.decimalsOf)).toEqual([2, 2, 2, 2, 0, 2, 2]);
});

test("the price of a unit is exact as far as it can be read", () => {
  const shown = ["115.5", "0.1234565", "96847.405873901104", "0.000012345678"].map(format.unitPrice);
  expect(shown).toEqual(["115.50", "0.1235", "96\u202f847.4059", "0.00001235"]);
});

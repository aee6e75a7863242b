"""Which stored bars answer which question."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from openbell.board import board
from openbell.desk import Desk
from openbell.history import History, stretch
from openbell.model.errors import InvalidInput
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, QUOTES, frame_of
from openbell.model.interval import DAY, Interval

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
LEARNED = datetime(2026, 3, 4, 15, tzinfo=UTC)


def listed(desk: Desk, symbol: str, exchange: str = "XNYS") -> None:
    row = {"id": symbol, "ticker": symbol, "exchange": exchange, "simulated": False}
    desk.lake.append_instruments(frame_of(INSTRUMENTS, [row]), LEARNED)


def stored(desk: Desk, symbol: str, interval: str, closes: dict[str, float]) -> None:
    """Bars by their stamp; open, high and low are the close, 100 units each."""
    rows = [
        {
            "symbol": symbol,
            "interval": interval,
            "ts": datetime.fromisoformat(stamp).replace(tzinfo=UTC),
            **dict.fromkeys(("open", "high", "low", "close"), close),
            "volume": 100.0,
            "scale": "raw",
            "source": "test",
        }
        for stamp, close in closes.items()
    ]
    desk.lake.append_bars(frame_of(BARS, rows), LEARNED)


def session(day: str, first: float, step: str = "1m", count: int = 390) -> dict[str, float]:
    """Closes that rise by a cent a bar from 14:30 UTC, which is 09:30 in New York in winter."""
    start = datetime.fromisoformat(f"{day}T14:30")
    length = Interval.parse(step).length
    return {(start + at * length).isoformat(): round(first + at / 100, 2) for at in range(count)}


def closes(desk: Desk, symbol: str, interval: str, start: datetime, end: datetime) -> dict[str, float]:
    rows = desk.history.bars(symbol, Interval.parse(interval), start, end, adjust="raw").bars
    return {f"{ts:%Y-%m-%d}": close for ts, close in rows.select("ts", "close").iter_rows()}


def test_a_day_is_made_of_the_bars_that_cover_most_of_it(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1h", {"2026-03-02T14:30": 11.0})  # one hour of a vendor that stopped
    stored(desk, "ACME", "1m", session("2026-03-02", 10.0))
    assert closes(desk, "ACME", "1d", MONDAY, MONDAY + timedelta(days=1)) == {"2026-03-02": 13.89}


def test_days_that_only_minutes_know_are_filled_in_wherever_they_lie(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1m", session("2026-01-05", 10.0) | session("2026-01-06", 20.0))
    stored(desk, "ACME", "1d", {"2026-01-02": 9.0, "2026-02-02": 30.0})
    found = closes(desk, "ACME", "1d", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    assert found == {"2026-01-02": 9.0, "2026-01-05": 13.89, "2026-01-06": 23.89, "2026-02-02": 30.0}


def test_the_first_year_and_month_of_the_history_are_shown(desk: Desk):
    stored(desk, "ACME", "1d", {"2024-01-03": 1.0, "2024-02-01": 2.0, "2025-01-02": 3.0})
    whole = stretch(desk.history, "ACME", span="Max", interval=Interval.parse("1y"))
    assert closes(desk, "ACME", "1y", whole.start, whole.end) == {"2024-01-01": 2.0, "2025-01-01": 3.0}
    assert list(closes(desk, "ACME", "1mo", whole.start, whole.end)) == ["2024-01-01", "2024-02-01", "2025-01-01"]


def test_a_week_cut_by_the_start_of_the_range_is_left_out_where_it_began_before(desk: Desk):
    stored(desk, "ACME", "1d", {f"2026-02-{day:02}": float(day) for day in (23, 24, 25, 26, 27)})
    stored(desk, "ACME", "1d", {f"2026-03-0{day}": float(day) for day in (2, 3)})
    assert closes(desk, "ACME", "1w", datetime(2026, 2, 25, tzinfo=UTC), MONDAY + timedelta(days=9)) == {
        "2026-03-02": 3.0
    }


def test_old_minutes_do_not_empty_the_ranges_of_a_longer_daily_history(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1m", session("2025-06-02", 10.0))
    days = [date(2025, 1, 1) + timedelta(days=at) for at in range(420)]
    stored(desk, "ACME", "1d", {day.isoformat(): 50.0 for day in days if day.weekday() < 5})
    for span in ("1D", "5D", "1M", "3M", "6M", "YTD", "1Y", "Max"):
        asked = stretch(desk.history, "ACME", span=span)
        shown = desk.history.bars("ACME", asked.interval, asked.start, asked.end).bars
        assert not shown.is_empty(), span
        assert not asked.interval.intraday, span


def test_days_of_a_symbol_that_is_stored_by_the_week_are_refused(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1w", {"2026-02-23": 9.0, "2026-03-02": 10.0})
    asked = stretch(desk.history, "ACME")
    assert len(desk.history.bars("ACME", asked.interval, asked.start, asked.end).bars) == 2
    for interval in (DAY, Interval.parse("1mo"), Interval.parse("1h")):
        with pytest.raises(InvalidInput, match="stored as 1w bars, which cannot make"):
            desk.history.bars("ACME", interval, asked.start, asked.end)
    assert desk.history.close_before("ACME", MONDAY, "raw") is None
    assert desk.history.latest([desk.history.instrument("ACME")]) == {}


def test_the_close_before_a_session_in_sydney_is_the_one_of_the_day_before(desk: Desk):
    listed(desk, "BHP.AX", "XASX")
    stored(desk, "BHP.AX", "1d", {"2026-01-12": 9.0, "2026-01-13": 10.0, "2026-01-14": 11.0})
    opening = datetime(2026, 1, 13, 23, tzinfo=UTC)  # 10:00 on the 14th in Sydney
    assert desk.history.close_before("BHP.AX", opening, "raw") == 10.0


def quoted(desk: Desk, price: float, previous: float | None, ts: datetime) -> None:
    row = {"symbol": "ACME", "ts": ts, "price": price, "previous_close": previous, "source": "vendor"}
    desk.tape.update(frame_of(QUOTES, [row]))


@pytest.mark.parametrize(
    ("days", "minutes", "previous", "expected"),
    [
        (
            {"2026-03-02": 100.0, "2026-03-03": 101.0},
            {},
            999.0,
            101.0,
        ),  # a whole day of our own
        (
            {"2026-03-02": 100.0},
            session("2026-03-03", 50.0, count=30),
            110.0,
            110.0,
        ),  # yesterday in part only
        ({"2021-03-30": 80.0, "2021-03-31": 90.0}, {}, 110.0, 110.0),  # an old file
        ({"2021-03-30": 80.0, "2021-03-31": 90.0}, {}, None, None),
    ],
)
def test_the_day_change_is_measured_against_the_session_directly_before(
    desk: Desk, days: dict[str, float], minutes: dict[str, float], previous: float | None, expected: float | None
):
    listed(desk, "ACME")
    stored(desk, "ACME", "1d", days)
    if minutes:
        stored(desk, "ACME", "1m", minutes)
    quoted(desk, 120.0, previous, desk.clock())
    assert board(desk, ["ACME"])[0][0].previous_close == expected


def test_a_split_over_night_is_no_change(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1d", {"2026-03-02": 100.0, "2026-03-03": 25.0})
    split = {"symbol": "ACME", "ex_date": date(2026, 3, 3), "kind": "split", "ratio": 4.0, "source": "test"}
    desk.lake.append_actions(frame_of(ACTIONS, [split]), LEARNED)
    quote = board(desk, ["ACME"], spark=True)[0][0]
    assert (quote.price, quote.previous_close, quote.change_pct) == (25.0, 25.0, 0.0)
    assert quote.spark is not None
    assert [close for _, close in quote.spark] == [25.0, 25.0]


def test_one_read_serves_a_whole_watchlist(desk: Desk):
    symbols = [f"Q{at}" for at in range(6)]
    for at, symbol in enumerate(symbols):
        listed(desk, symbol)
        stored(desk, symbol, "1d", {"2026-03-02": 10.0 + at, "2026-03-03": 11.0 + at})
        stored(desk, symbol, "1m", session("2026-03-04", 20.0 + at, count=10))
    quotes = board(desk, symbols, spark=True)[0]
    assert [(q.price, q.previous_close) for q in quotes] == [(20.09 + at, 11.0 + at) for at in range(6)]
    assert all(q.spark is not None and len(q.spark) == 10 for q in quotes)
    days = desk.history.bars("Q0", DAY, MONDAY, MONDAY + timedelta(days=5), adjust="raw").bars
    assert days["volume"].to_list() == [100.0, 100.0, 1000.0]


def told(desk: Desk, *actions: dict[str, object]) -> None:
    rows = [{"symbol": "ACME", "source": "test", **action} for action in actions]
    desk.lake.append_actions(frame_of(ACTIONS, rows), LEARNED)


@pytest.mark.parametrize("kind", ["split", "total"])
def test_what_is_announced_changes_no_price_before_its_ex_date_has_come(desk: Desk, kind: Literal["split", "total"]):
    listed(desk, "ACME")
    stored(desk, "ACME", "1d", {"2026-03-02": 100.0, "2026-03-03": 110.0})
    told(
        desk,
        {"ex_date": date(2026, 3, 5), "kind": "split", "ratio": 2.0},
        {"ex_date": date(2026, 3, 5), "kind": "dividend", "amount": 11.0, "currency": "USD"},
    )
    now = [LEARNED]
    history = History(desk.lake, lambda: now[0])

    def shown() -> tuple[list[float], list[float]]:
        acme = history.instrument("ACME")
        days = history.bars("ACME", DAY, MONDAY, MONDAY + timedelta(days=9), adjust=kind).bars["close"]
        return days.to_list(), history.latest([acme])["ACME"].days["close"].to_list()

    assert shown() == ([100.0, 110.0], [100.0, 110.0])
    now[0] = datetime(2026, 3, 5, 4, 59, tzinfo=UTC)  # 23:59 in New York
    assert shown() == ([100.0, 110.0], [100.0, 110.0])
    now[0] = datetime(2026, 3, 5, 5, 1, tzinfo=UTC)
    paid = 1 - 11 / 55 if kind == "total" else 1.0
    assert shown() == (pytest.approx([50.0 * paid, 55.0 * paid]), [50.0, 55.0])
    as_known = history.bars("ACME", DAY, MONDAY, MONDAY + timedelta(days=9), adjust=kind, as_of=LEARNED).bars["close"]
    assert as_known.to_list() == [100.0, 110.0]


def test_bars_that_fit_no_hour_are_cut_at_the_close_and_say_so(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1m", session("2026-03-02", 10.0))
    sevens = desk.history.bars("ACME", Interval.parse("7m"), MONDAY, MONDAY + timedelta(days=1))
    assert (sevens.bars.height, sevens.bars["volume"].tail(1).to_list()) == (56, [500.0])  # 390 = 55 * 7 + 5
    assert sevens.notes == ("7m bars are counted from each open; the last one before a close may be shorter.",)
    for text in ("5m", "30m", "1h", "2h"):
        assert desk.history.bars("ACME", Interval.parse(text), MONDAY, MONDAY + timedelta(days=1)).notes == ()

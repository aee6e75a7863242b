"""Which stretch and interval a question means, and what is told where prices end or have holes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from history.test_past import listed, quoted, session, stored
from openbell.board import board, movers
from openbell.desk import Desk
from openbell.history import stretch
from openbell.model.errors import InvalidInput
from openbell.model.interval import DAY, Interval


def weekdays(first: date, count: int, close: float = 50.0) -> dict[str, float]:
    days = (first + timedelta(days=at) for at in range(count))
    return {day.isoformat(): close for day in days if day.weekday() < 5}


def test_minutes_of_a_few_days_do_not_hide_the_days_between(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1d", weekdays(date(2025, 6, 2), 12))
    minutes = session("2025-06-02", 10.0, "30m", 13) | session("2025-06-12", 10.0, "30m", 13)
    stored(desk, "ACME", "30m", minutes)
    asked = stretch(desk.history, "ACME", start="2025-06-02", end="2025-06-12")
    assert asked.interval == DAY
    assert Interval.parse("30m") not in asked.offered
    assert stretch(desk.history, "ACME", start="2025-06-12", end="2025-06-12").interval == Interval.parse("30m")


def test_the_newest_day_may_still_lack_its_minutes(desk: Desk):
    listed(desk, "ACME")
    stored(desk, "ACME", "1d", weekdays(date(2025, 6, 2), 5))
    days = ("2025-06-02", "2025-06-03", "2025-06-04", "2025-06-05")
    stored(desk, "ACME", "5m", {at: 1.0 for day in days for at in session(day, 1.0, "5m", 78)})
    assert stretch(desk.history, "ACME", span="5D").interval == Interval.parse("5m")


def test_a_range_ends_where_what_was_known_ends(desk: Desk):
    listed(desk, "ACME")
    days = ("2025-06-02", "2025-06-03", "2025-06-04")
    stored(desk, "ACME", "5m", {at: 1.0 for day in days for at in session(day, 1.0, "5m", 78)})
    noon = datetime(2025, 6, 3, 16, tzinfo=UTC)
    asked = stretch(desk.history, "ACME", span="1D", as_of=noon)
    assert (asked.start.date(), asked.end) == (date(2025, 6, 3), noon)
    assert stretch(desk.history, "ACME", start="2025-06-03", as_of=noon).end == noon
    before_all = stretch(desk.history, "ACME", span="1D", as_of=datetime(2020, 1, 1, tzinfo=UTC))
    assert before_all == stretch(desk.history, "ACME", span="1D")


@pytest.mark.parametrize(
    ("exchange", "stamps", "days"),
    [
        ("XASX", ["2026-03-01T23:00", "2026-03-02T04:59", "2026-03-02T12:59", "2026-03-02T13:00"], 2),
        ("XNYS", ["2026-03-03T04:59:59", "2026-03-03T05:00", "2026-03-03T23:59", "2026-03-04T00:59"], 2),
        ("24/7", ["2026-03-02T23:59", "2026-03-03T00:00", "2026-03-03T00:01"], 2),
    ],
)
def test_days_are_counted_where_the_exchange_is(desk: Desk, exchange: str, stamps: list[str], days: int):
    listed(desk, "ACME", exchange)
    stored(desk, "ACME", "1m", dict.fromkeys(stamps, 1.0))
    stored(desk, "ACME", "1m", dict.fromkeys(stamps, 2.0))  # corrected
    first, last = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert desk.history.days_of(desk.history.instrument("ACME"), Interval.parse("1m"), first, last) == days


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({"start": "2025-06-04", "end": "2025-06-03"}, "to", "ends (2025-06-03) before it starts (2025-06-04)"),
        ({"start": "2025-07-01"}, "from", "ACME end on 2025-06-06, before the stretch starts (2025-07-01)"),
        ({"end": "2025-06-01"}, "to", "ACME begin on 2025-06-02, after the stretch ends (2025-06-01)"),
    ],
)
def test_a_stretch_without_any_time_in_it_is_refused_in_the_words_that_were_typed(
    desk: Desk, asked: dict[str, str], field: str, says: str
):
    stored(desk, "ACME", "1d", weekdays(date(2025, 6, 2), 5))
    with pytest.raises(InvalidInput) as refused:
        stretch(desk.history, "ACME", **asked)
    assert refused.value.field == field
    assert says in refused.value.what
    assert refused.value.remedy


def test_nobody_is_not_a_symbol(desk: Desk):
    with pytest.raises(InvalidInput, match="No symbol was named"):
        stretch(desk.history, " ")


def test_monthly_closes_reach_back_further_than_days_and_are_shown_and_told(desk: Desk):
    stored(desk, "SPX", "1mo", {f"{year}-{month:02}-01": 5.0 for year in (1871, 1872) for month in range(1, 13)})
    stored(desk, "SPX", "1d", {"1872-11-04": 9.0, "1872-11-29": 10.0, "1872-12-31": 11.0})
    stored(desk, "SPX", "1mo", {"1873-01-01": 12.0})
    whole = stretch(desk.history, "SPX", span="Max")
    assert whole.interval == Interval.parse("1mo")
    months = desk.history.bars("SPX", whole.interval, whole.start, whole.end)
    assert months.bars["close"].to_list() == [*[5.0] * 22, 10.0, 11.0, 12.0]
    assert months.notes == ("Before 4 Nov 1872 and after 31 Dec 1872 these are 1mo bars as they were stored.",)
    days = desk.history.bars("SPX", DAY, whole.start, whole.end)
    assert days.bars["close"].to_list() == [9.0, 10.0, 11.0]
    assert days.notes == ("1mo bars since 1 Jan 1871 are held; choose 1mo to see them.",)


def test_newer_monthly_closes_do_not_hide_the_last_day_from_the_board(desk: Desk):
    stored(desk, "SPX", "1d", {"2025-06-02": 9.0, "2025-06-03": 10.0})
    stored(desk, "SPX", "1mo", {"2026-02-01": 12.0})
    stored(desk, "OLD", "1mo", {"2026-02-01": 12.0})
    quotes, missing = board(desk, ["SPX", "OLD"])
    assert [(q.symbol, q.price, q.previous_close) for q in quotes] == [("SPX", 10.0, 9.0)]
    assert [(m.symbol, m.state, m.detail) for m in missing] == [
        ("OLD", "no_data", "Of OLD there are 1mo bars only; a quote needs days.")
    ]


def test_movers_say_how_many_prices_are_too_old_to_be_ranked(desk: Desk):
    stored(desk, "OLD", "1d", {"2025-06-02": 9.0, "2025-06-03": 10.0})
    quoted(desk, 10.0, 9.0, desk.clock())
    found = movers(desk, ["OLD", "ACME", "NONE"], 5)
    assert [q.symbol for q in found.up] == ["ACME"]
    assert (found.down, found.stale, found.newest) == ((), 1, desk.clock())


def test_volumes_that_are_no_shares_are_named(desk: Desk):
    stored(desk, "ACME", "1d", {"2025-06-02": 9.0})
    tested = desk.lake.bars(["ACME"], DAY, datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    ticks = tested.drop("known_at").with_columns(
        symbol=tested["symbol"] + "X", source=tested["source"].replace("test", "mt5")
    )
    desk.lake.append_bars(ticks, desk.clock())
    start, end = datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)
    assert desk.history.bars("ACME", DAY, start, end).notes == ()
    assert desk.history.bars("ACMEX", DAY, start, end).notes == (
        "Volumes from mt5 are the broker's own or count ticks, not the shares traded.",
    )

"""A rule tested against history fires where the watch would have."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from alerts.watched import NO_DAYS, days, rule, told
from bars.tables import bars_of, lean_minutes
from market import SHARED, needs_shared
from openbell.alerts.conditions import AverageCross, Crosses, JobFailed, Moves, NewExtreme, Spread, VolumeSpike
from openbell.alerts.past import would_have_fired
from openbell.alerts.rules import Rule
from openbell.model.errors import InvalidInput


def test_a_bar_is_walked_over_its_nearer_extreme_and_invents_no_crossing():
    rising = bars_of("ACME 10:00 98 102 96 101 5\nACME 10:01 101 101 101 101 5")
    falling = bars_of("ACME 10:00 101 102 96 98 5\nACME 10:01 98 98 98 98 5")
    either = rule(Crosses(97.0))
    for bars in (rising, falling):
        assert [firing.price for firing in would_have_fired(either, bars, NO_DAYS, "XNYS")] == [97.0, 97.0]
    assert told(would_have_fired(rule(Crosses(100.0)), rising, NO_DAYS, "XNYS")) == ["ACME 10:00:29 100"]
    assert told(would_have_fired(rule(Crosses(100.0)), falling, NO_DAYS, "XNYS")) == ["ACME 10:00:29 100"]


def test_a_level_that_is_jumped_over_between_two_bars_is_reached_at_the_open():
    jumped = bars_of("ACME 10:00 98 99 98 99 5\nACME 10:01 102 103 101 102 5")
    assert told(would_have_fired(rule(Crosses(100.0)), jumped, NO_DAYS, "XNYS")) == ["ACME 10:01:00 102"]


def test_days_and_minutes_are_heard_one_after_another():
    older = bars_of("ACME 2026-03-02 98 101 98 99 5", "1d")
    minutes = bars_of("ACME 10:00 99 99.5 99 99 5\nACME 10:01 99 101 99 101 5").with_columns(
        ts=pl.col("ts").dt.offset_by("1d")
    )
    mixed = pl.concat([older, minutes])
    fired = would_have_fired(rule(Crosses(100.0)), mixed, NO_DAYS, "XNYS")
    assert [(each.at.day, each.price) for each in fired] == [(2, 100.0), (2, 100.0), (3, 100.0)]


def test_daily_bars_are_heard_in_their_sessions():
    before = days(100.0, 100.0)
    stretch = bars_of("ACME 2026-03-02 100 104 99 103 5\nACME 2026-03-03 103 103.5 102.5 103 5", "1d")
    every_day = rule(Moves(2.0), session_only=True)
    known = before.vstack(stretch)
    assert told(would_have_fired(every_day, stretch, known, "XNYS")) == ["ACME 13:49:59 104"]
    assert told(would_have_fired(rule(NewExtreme(2)), stretch, known, "XNYS")) == ["ACME 13:49:59 104"]


def test_nothing_is_measured_over_a_session_that_is_missing():
    stretch = bars_of("ACME 2026-03-02 100 100 100 100 5\nACME 2026-03-04 105 105 105 105 5", "1d")
    whole = bars_of("ACME 2026-03-03 100 100 100 100 5", "1d").vstack(stretch).sort("ts")
    for known, fires in ((stretch, []), (whole, ["ACME 03-04 09:30:00 105"])):
        assert told(would_have_fired(rule(Moves(5.0)), known, known, "XNYS")) == fires


def test_a_rule_that_is_switched_off_or_expired_can_be_tested_too():
    stretch = bars_of("ACME 10:00 99 101 99 101 5")
    off = rule(Crosses(100.0), enabled=False, expires=stretch["ts"].item(0))
    assert len(would_have_fired(off, stretch, NO_DAYS, "XNYS")) == 1
    assert would_have_fired(off, stretch.clear(), NO_DAYS, "XNYS") == []


def test_averages_and_volumes_are_tested_on_closed_bars():
    stretch = bars_of("ACME 2026-03-02 9 11 9 11 5\nACME 2026-03-03 11 11 8 8 5", "1d")
    known = days(10.0, 10.0, 9.0).vstack(stretch)
    crossings = would_have_fired(rule(AverageCross(3)), stretch, known, "XNYS")
    assert [(f.event, f.price) for f in crossings] == [("ACME 2026-03-02", 11.0), ("ACME 2026-03-03", 8.0)]
    minutes = bars_of("ACME 10:00 9 9 9 9 150\nACME 10:01 9 9 9 9 60")
    assert len(would_have_fired(rule(VolumeSpike(2.0, 3)), minutes, known, "XNYS")) == 1


@pytest.mark.parametrize(
    ("tested", "field"),
    [
        (Rule(id="r", name="n", condition=JobFailed()), "condition"),
        (rule(Spread(1.0)), "condition"),
        (rule(VolumeSpike()), "interval"),
        (rule(Moves(1.0, "minutes", 5)), "interval"),
    ],
)
def test_what_bars_cannot_answer_is_refused(tested, field):
    with pytest.raises(InvalidInput) as refused:
        would_have_fired(tested, days(100.0), days(100.0), "XNYS")
    assert refused.value.field == field


@needs_shared
@pytest.mark.parametrize("percent", [0.2, 0.5])
def test_on_real_minutes_the_first_move_is_in_the_first_minute_that_reaches_it(percent):
    day = date(2013, 10, 11)
    minutes = lean_minutes(SHARED / "ohlcv_intraday" / "lean_min_spy_20131011_trade.zip", "SPY", day)
    regular = minutes.filter(pl.col("ts") >= datetime(2013, 10, 11, 13, 30, tzinfo=UTC))
    opened = regular["open"].item(0)
    high, low = opened * (1 + percent / 100), opened * (1 - percent / 100)
    reached = regular.filter((pl.col("high") >= high) | (pl.col("low") <= low))["ts"].item(0)
    daily = rule(Moves(percent, "open"), repeat="daily")
    assert [
        firing.at.replace(second=0, microsecond=0) for firing in would_have_fired(daily, minutes, NO_DAYS, "XNYS")
    ] == [reached]

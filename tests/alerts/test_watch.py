"""What fires, when, and what does not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest

from alerts.watched import NO_DAYS, NO_QUOTES, NO_TRADES, days, hear, prices, rule, told, watch
from bars.tables import at, bars_of, closes_of, trades_of
from openbell.alerts.background import Background
from openbell.alerts.conditions import (
    AverageCross,
    Crosses,
    Drawdown,
    FeedDown,
    Held,
    JobFailed,
    MacdCross,
    Moves,
    NewExtreme,
    RsiCross,
    Spread,
    Stale,
    VolumeSpike,
)
from openbell.alerts.rules import Firing, Quiet, Rule
from openbell.alerts.watch import Facts, Watch
from openbell.model.frames import QUOTES, frame_of
from openbell.providers.streams.sales import UTP

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_a_price_that_reaches_its_level_fires_once_with_all_that_is_known_of_it():
    watched = watch(rule(Crosses(101.0)), past=Background(days(100.0)))
    assert hear(watched, "ACME 10:00:00 100.5 1\nACME 10:00:01 101.25 1\nACME 10:00:02 102 1") == [
        Firing(
            rule="r1",
            event="ACME 2026-03-02T15:00:01+00:00 1",
            symbol="ACME",
            at=at("10:00:01"),
            price=101.25,
            reference=101.0,
            message="ACME reached 101.00: 101.25",
            quiet=False,
        )
    ]


@pytest.mark.parametrize(
    ("direction", "fires"),
    [("up", ["10:00:01", "10:00:04"]), ("down", ["10:00:03"]), ("either", ["10:00:01", "10:00:03", "10:00:04"])],
)
def test_a_level_is_crossed_upwards_downwards_or_either_way(direction, fires):
    watched = watch(rule(Crosses(100.0, direction)))
    found = hear(watched, prices(99, 100, 101, 99, 100))
    assert [line.split()[1] for line in told(found)] == fires


def test_a_rule_made_while_the_price_is_above_does_not_fire_at_once():
    assert told(hear(watch(rule(Crosses(100.0))), prices(105, 106))) == []
    assert told(hear(watch(rule(Crosses(100.0)), past=Background(days(90.0), last=105.0)), prices(106, 107))) == []
    running = watch(rule(Crosses(200.0), key="old"))
    hear(running, prices(105, 106))
    both = watch(
        rule(Crosses(200.0), key="old"), rule(Crosses(100.0)), past=Background(days(90.0)), state=running.state()
    )
    assert told(hear(both, prices(106, 107, start="10:01:00"))) == []


@pytest.mark.parametrize("within", [False, True])
def test_prices_that_are_heard_again_do_not_follow_the_later_one_that_is_known_already(within: bool):
    known = Background(days(95.0), within=within, last=105.0, last_at=at("10:01:00"))
    assert hear(watch(rule(Crosses(100.0)), past=known), prices(98, 99)) == []
    assert told(hear(watch(rule(Crosses(100.0)), past=known), prices(99, start="10:01:00"))) == ["ACME 10:01:00 99"]


def test_a_gap_over_the_level_at_the_open_fires():
    assert told(hear(watch(rule(Crosses(100.0)), past=Background(days(95.0))), "ACME 09:30:00 105 1")) == [
        "ACME 09:30:00 105"
    ]


def test_it_fires_again_only_after_the_price_has_come_back_by_the_hysteresis():
    once = rule(Crosses(100.0, "up"), hysteresis_pct=1.0)
    assert told(hear(watch(once), prices(99.5, 100, 99.5, 100, 99.01, 100.5, 99, 100))) == [
        "ACME 10:00:01 100",
        "ACME 10:00:07 100",
    ]


@pytest.mark.parametrize(
    ("since", "fires"),
    [
        ("previous_close", ["ACME 09:30:30 105"]),
        ("open", ["ACME 09:30:20 102.9", "ACME 09:30:40 105.1"]),
        ("last_alert", ["ACME 09:30:30 105"]),
    ],
)
def test_a_move_is_measured_from_its_reference(since, fires):
    watched = watch(rule(Moves(1.0, since)), past=Background(days(103.0)))
    assert told(hear(watched, prices(104, 103.5, 102.9, 105, 105.1, start="09:30:00", step_s=10))) == fires


def test_a_watch_that_begins_within_the_day_takes_what_is_so_already_for_no_event():
    begun = Background(days(100.0), open=102.0, last=104.0)
    rules = [rule(Moves(1.0, since), key=since) for since in ("previous_close", "open")]
    assert hear(watch(*rules, past=begun), prices(104, 105)) == []
    early = Background(days(100.0), last=104.0)
    table = "ACME 09:00 104 1\nACME 09:30 102 1\nACME 09:31 103.1 1"
    assert told(hear(watch(rules[1], past=early), table)) == ["ACME 09:31:00 103.1"]


def test_a_move_from_the_last_alert_counts_anew_from_each():
    watched = watch(rule(Moves(1.0, "last_alert")), past=Background(days(100.0)))
    assert told(hear(watched, prices(100.5, 101, 101.5, 102.1, 101.2, 101))) == [
        "ACME 10:00:01 101",
        "ACME 10:00:03 102.1",
        "ACME 10:00:05 101",
    ]


def test_a_move_within_minutes_is_measured_from_the_close_of_the_minute_then():
    fast = rule(Moves(1.0, "minutes", 5))
    slow_rise = prices(*[100 * 1.001**n for n in range(60)], step_s=60)
    assert told(hear(watch(fast), slow_rise)) == []  # 0.5 % in each five minutes
    watched = watch(fast)
    hear(watched, slow_rise)
    assert watched.state().count("],[") <= 6  # minutes older than the rule looks back are forgotten
    jump = "ACME 10:00:00 100 1\nACME 10:04:00 100.2 1\nACME 10:06:59 101 1\nACME 10:10:00 101.3 1"
    assert told(hear(watch(fast), jump)) == ["ACME 10:06:59 101"]


def test_a_move_within_minutes_is_not_measured_from_a_time_in_which_values_may_have_been_missed():
    watched = watch(rule(Moves(1.0, "minutes", 5)), rule(Moves(1.0, "minutes", 5), "BOLT", key="r2"))
    hear(watched, prices(100, 100.5, step_s=60))
    hear(watched, prices(50, symbol="BOLT", start="10:18:00"))
    watched.resume()
    found = hear(
        watched,
        """
        BOLT 10:19:30 50.6 1
        ACME 10:20:00 102 1
        ACME 10:22:00 102.9 1
        ACME 10:22:30 103.1 1""",
    )
    assert [f.message for f in found] == [
        "BOLT +1.20 % from 50.00: 50.60",  # it was heard all along
        "ACME +1.08 % from 102.00: 103.10",
    ]


def test_what_was_heard_before_a_short_outage_is_minutes_ago_all_the_same():
    watched = watch(rule(Moves(1.0, "minutes", 5)))
    hear(watched, prices(*[100] * 7, step_s=60))
    watched.resume()
    again = watch(rule(Moves(1.0, "minutes", 5)), state=watched.state())
    assert told(hear(again, "ACME 10:09:00 101.1 1")) == ["ACME 10:09:00 101.1"]


def test_what_was_quiet_after_an_outage_was_not_missed():
    watched = watch(rule(Moves(1.0, "minutes", 2)))
    hear(watched, "ACME 10:00:10 100 1")
    watched.resume()
    hear(watched, "ACME 10:00:20 100 1")
    assert told(hear(watched, "ACME 10:05:00 101.1 1")) == ["ACME 10:05:00 101.1"]


LEVEL = Crosses(500.0)


@pytest.mark.parametrize(("beside", "reference"), [(LEVEL, 100.9), (Moves(1.0, "minutes", 5), 100.84)])
def test_a_new_rule_looks_back_by_minutes_no_further_than_they_were_kept_for_another(beside, reference):
    before = watch(rule(beside, key="beside"))
    hear(before, prices(*[100 + n / 100 for n in range(90)], step_s=60))
    after = watch(rule(beside, key="beside"), rule(Moves(1.0, "minutes", 30)), state=before.state())
    found = hear(after, prices(100.9, 101.2, 102.2, start="11:30:00"))
    assert [f.reference for f in found if f.rule == "r1"] == [reference]


def test_minutes_in_which_a_rule_was_switched_off_are_not_looked_back_to():
    fast, level = rule(Moves(1.0, "minutes", 30)), rule(LEVEL, key="level")
    watched = watch(fast, level)
    hear(watched, prices(100, 100, step_s=60))
    off = watch(rule(Moves(1.0, "minutes", 30), enabled=False), level, state=watched.state())
    hear(off, prices(*[100.9] * 60, start="10:02:00", step_s=60))
    assert hear(watch(fast, level, state=off.state()), prices(100.9, 101.1, start="11:02:00")) == []


def test_a_split_over_night_is_no_move_and_crosses_no_level():
    split = Background(days(50.0, last=MONDAY), splits={TUESDAY: 2.0})
    rules = [rule(Moves(1.0, since), key=since) for since in ("previous_close", "open", "last_alert")]
    rules += [rule(Crosses(80.0), key="level"), rule(Drawdown(10.0), key="drawdown")]
    watched = watch(*rules, past={MONDAY: Background(days(100.0)), TUESDAY: split})
    assert hear(watched, "ACME 15:59:00 100 1\nACME 2026-03-03T09:30 50.2 1") == []


def test_after_late_hours_the_next_day_begins_all_the_same():
    past = {MONDAY: Background(days(100.0)), TUESDAY: Background(days(104.0, last=MONDAY))}
    watched = watch(rule(Moves(3.0)), past=past)
    assert told(hear(watched, "ACME 16:30 102 1\nACME 2026-03-03T09:30 104 1\nACME 2026-03-03T09:31 105 1")) == []


def test_a_split_while_nothing_was_heard_is_no_move_and_crosses_no_level():
    rules = [rule(Moves(10.0, "last_alert"), key="last_alert"), rule(Crosses(80.0), key="level")]
    wednesday = Background(days(50.0, last=TUESDAY), splits={TUESDAY: 2.0})
    watched = watch(*rules, past={MONDAY: Background(days(100.0)), date(2026, 3, 4): wednesday})
    assert hear(watched, "ACME 15:59:00 100 1\nACME 2026-03-04T09:30 50.2 1") == []
    assert hear(watched, "ACME 2026-03-04T09:31 54.9 1") == []


def test_around_the_clock_a_day_begins_at_midnight():
    past = {MONDAY: Background(days(100.0)), TUESDAY: Background(days(104.0, last=MONDAY))}
    watched = watch(rule(Moves(3.0)), past=past, exchange="24/7")
    table = "ACME 2026-03-02T18:00 101 1\nACME 2026-03-02T19:30 102 1\nACME 2026-03-02T19:31 100.8 1"  # 00:30 UTC
    assert told(hear(watched, table)) == ["ACME 19:31:00 100.8"]


def test_a_split_is_known_before_the_close_before_it():
    """What was heard last and the old peak follow it."""
    rules = rule(Crosses(80.0)), rule(Crosses(48.0), key="gap"), rule(Drawdown(10.0, 2), key="peak")
    before = watch(*rules, past=Background(days(100.0)))
    assert hear(before, "ACME 15:59 100 1") == []
    lacking = Background(days(45.0, last=date(2026, 2, 20)), current=False, splits={TUESDAY: 2.0})
    watched = watch(*rules, past=lacking, state=before.state())
    found = hear(watched, "ACME 2026-03-03T09:30 46 1\nACME 2026-03-03T09:31 45 1\nACME 2026-03-03T09:32 81 1")
    assert [(f.rule, f.price) for f in found] == [("gap", 46.0), ("peak", 45.0), ("r1", 81.0), ("gap", 81.0)]


def test_a_spread_is_not_compared_with_a_price():
    wide = frame_of(QUOTES, [{"symbol": "ACME", "ts": at("10:00"), "bid": 0.49, "ask": 0.51, "source": "v"}])
    assert watch(rule(Spread(1.0)), past=Background(NO_DAYS, last=0.5)).hear(NO_TRADES, wide) == []


class Telling:
    """Backgrounds of which more is known as time goes on."""

    def __init__(self, past: Background) -> None:
        self.past = past

    def __call__(self, _symbol: str, _day: date) -> Background:
        return self.past


def telling(past: Background, *rules: Rule, state: str | None = None) -> tuple[Watch, Telling]:
    backgrounds = Telling(past)
    watched = Watch(
        rules,
        members=lambda _rule: ["ACME"],
        backgrounds=backgrounds,
        exchange_of=lambda _symbol: "XNYS",
        state=state,
    )
    return watched, backgrounds


NOT_YET = Background(days(90.0, 90.0, last=date(2026, 2, 20)), current=False)
BY_DAYS = (Moves(5.0), NewExtreme(2), NewExtreme(2, "low"), Drawdown(5.0, 2), Drawdown(5.0))


@pytest.mark.parametrize("condition", BY_DAYS)
def test_a_rule_whose_days_are_not_known_waits_and_then_takes_what_is_so_already_for_no_event(condition):
    watched, backgrounds = telling(NOT_YET, rule(condition))
    assert hear(watched, prices(120, 80, 120, 80)) == []
    backgrounds.past = Background(days(110.0, 100.0))
    watched.learn("ACME")
    assert hear(watched, prices(80, 80.1, start="10:01:00")) == []


@pytest.mark.parametrize(
    ("condition", "price"), [*((each, 80.0) for each in BY_DAYS if each != NewExtreme(2)), (NewExtreme(2), 120.0)]
)
def test_a_rule_that_waits_for_its_days_tells_what_has_happened_since_it_was_heard(condition, price):
    before, _ = telling(Background(days(100.0, 100.0)), rule(condition))
    assert hear(before, prices(100)) == []
    watched, backgrounds = telling(NOT_YET, rule(condition), state=before.state())
    assert [f.rule for f in hear(watched, f"ACME 2026-03-09T10:00 {price} 1")] == (
        ["r1"] if isinstance(condition, Drawdown) else []  # the peak that was known goes on
    )
    backgrounds.past = Background(days(110.0, 100.0))
    watched.learn("ACME")
    assert [f.rule for f in hear(watched, f"ACME 2026-03-09T10:01 {price} 1")] == (
        [] if isinstance(condition, Drawdown) else ["r1"]
    )


def test_a_rule_on_the_open_waits_where_the_watch_begins_after_it():
    morning, _ = telling(Background(days(100.0, last=date(2026, 2, 27))), rule(Moves(5.0, "open")))
    hear(morning, "ACME 09:30 100 1")
    watched, backgrounds = telling(
        Background(days(100.0), missed=True), rule(Moves(5.0, "open")), state=morning.state()
    )
    assert hear(watched, "ACME 2026-03-03T12:00 106 1\nACME 2026-03-03T12:01 100 1\nACME 2026-03-03T12:02 106 1") == []
    backgrounds.past = Background(days(100.0), missed=True, open=120.0)
    watched.learn("ACME")
    assert [f.message for f in hear(watched, "ACME 2026-03-03T12:03 106 1")] == ["ACME -11.67 % from 120.00: 106.00"]


def test_a_drawdown_of_which_nothing_was_known_takes_what_is_so_already_for_no_event():
    watched, backgrounds = telling(Background(NO_DAYS, current=False), rule(Drawdown(5.0)))
    assert told(hear(watched, prices(100, 95, 99))) == ["ACME 10:00:01 95"]
    backgrounds.past = Background(days(200.0, 100.0))
    watched.learn("ACME")
    assert told(hear(watched, prices(99, 98, 195, 190, start="10:01:00"))) == ["ACME 10:01:03 190"]


def test_a_new_high_is_one_event_until_the_next_day():
    past = {MONDAY: Background(days(9.0, 11.0, 10.0)), TUESDAY: Background(days(11.0, 10.0, 12.5, last=MONDAY))}
    watched = watch(rule(NewExtreme(3), hysteresis_pct=5.0), past=past)
    table = """
        ACME 10:00 11 1
        ACME 10:01 11.5 1
        ACME 10:02 12.5 1
        ACME 2026-03-03T10:00 12.5 1
        ACME 2026-03-03T10:01 12.6 1"""
    assert told(hear(watched, table)) == ["ACME 10:01:00 11.5", "ACME 03-03 10:01:00 12.6"]
    assert hear(watch(rule(NewExtreme(4)), past=past[MONDAY]), prices(50)) == []  # four days are not known
    assert told(hear(watch(rule(NewExtreme(2, "low")), past=past[MONDAY]), prices(10, 9.9))) == ["ACME 10:00:01 9.9"]


def test_a_drawdown_is_from_the_highest_so_far_and_a_new_high_begins_another():
    watched = watch(rule(Drawdown(10.0, 2)), past=Background(days(200.0, 95.0, 100.0)))
    found = hear(watched, prices(95, 90, 89, 91, 110, 100, 99, 95))
    assert told(found) == ["ACME 10:00:01 90", "ACME 10:00:06 99"]
    assert [firing.message for firing in found][1] == "ACME -10.00 % below its high of 110.00: 99.00"


def test_a_new_high_begins_another_drawdown_however_far_the_hysteresis():
    watched = watch(rule(Drawdown(10.0), hysteresis_pct=50.0), past=Background(days(100.0)))
    assert told(hear(watched, prices(90, 99, 90, 101, 90))) == ["ACME 10:00:00 90", "ACME 10:00:04 90"]


def test_a_spread_fires_when_it_widens():
    quotes = frame_of(QUOTES, [
        {"symbol": "ACME", "ts": at(f"10:00:0{n}"), "bid": bid, "ask": ask, "source": "v"}
        for n, (bid, ask) in enumerate([(99.9, 100.1), (99.0, None), (100.2, 99.8), (99.0, 101.0), (98.0, 102.0)])
    ])  # fmt: skip
    found = watch(rule(Spread(1.0))).hear(NO_TRADES, quotes)
    assert [(f.event, f.message) for f in found] == [("ACME 2026-03-02T15:00:03+00:00 0", "ACME spread 2 % at 100.00")]


def test_of_several_quotes_at_one_instant_the_first_counts_however_they_are_told():
    quotes = frame_of(QUOTES, [
        {"symbol": "ACME", "ts": at(clock), "bid": 100 - half, "ask": 100 + half, "source": "v"}
        for clock, half in (("10:00:00", 0.1), ("10:00:00", 2.0), ("10:00:01", 1.0))
    ])  # fmt: skip
    whole, parts = watch(rule(Spread(1.0))), watch(rule(Spread(1.0)))
    found = [firing for nth in range(3) for firing in parts.hear(NO_TRADES, quotes[nth : nth + 1])]
    assert [firing.at for firing in found] == [at("10:00:01")]
    assert whole.hear(NO_TRADES, quotes) == found
    assert whole.state() == parts.state()


def test_a_days_volume_fires_at_the_close_of_the_minute_that_makes_it_unusual():
    usual = days(9.0, 9.0, 9.0).with_columns(volume=pl.Series([50.0, 100.0, 150.0]))
    watched = watch(rule(VolumeSpike(2.0, 3)), past=Background(usual))
    assert watched.traded(NO_DAYS, at("09:00")) == []
    minutes = bars_of("ACME 09:30 9 9 9 9 150\nACME 09:31 9 9 9 9 49\nACME 09:32 9 9 9 9.5 1\nACME 09:33 9 9 9 9 500")
    found = watched.traded(minutes, at("09:34"))
    assert [(f.event, f.at, f.message) for f in found] == [
        ("ACME 2026-03-02T14:32:00+00:00", at("09:33"), "ACME traded 200 today, more than 200")
    ]
    assert watched.traded(minutes, at("09:35")) == []


def test_minutes_that_come_late_or_are_corrected_count_once_each_and_a_date_fires_once():
    spike, past = rule(VolumeSpike(2.0, 3)), Background(days(9.0, 9.0, 9.0))
    watched = watch(spike, past=past)
    early = bars_of("ACME 09:31 9 9 9 9 150")
    assert watched.traded(early.clear(), at("09:30")) == watched.traded(early, at("09:32")) == []
    again = watch(spike, past=past, state=watched.state())
    assert again.traded(early, at("09:33")) == []
    healed = bars_of("ACME 09:30 9 9 9 9 30\nACME 09:31 9 9 9 9 169\nACME 09:32 9 9 9 9 1")
    assert [firing.at for firing in again.traded(healed, at("09:34"))] == [at("09:33")]
    corrected = bars_of("ACME 09:30 9 9 9 9 500")
    assert again.traded(early, at("09:35")) == again.traded(corrected, at("09:36")) == []
    next_day = bars_of("ACME 2026-03-03T09:30 9 9 9 9 199\nACME 2026-03-03T09:31 9 9 9 9 1")
    assert [firing.at for firing in again.traded(next_day, at("2026-03-03T09:32"))] == [at("2026-03-03T09:32")]
    assert again.traded(corrected, at("2026-03-03T09:33")) == []


@pytest.mark.parametrize(("made", "fires"), [("09:31", [at("09:32")]), ("09:32", [])])
def test_a_volume_that_was_reached_before_the_rule_was_made_is_no_event(made, fires):
    watched = watch(rule(VolumeSpike(2.0, 3)), past=Background(days(9.0, 9.0, 9.0)))
    watched.traded(NO_DAYS, at(made))
    minutes = bars_of("ACME 09:30 9 9 9 9 199\nACME 09:31 9 9 9 9 1\nACME 09:32 9 9 9 9 1")
    assert [firing.at for firing in watched.traded(minutes, at("09:40"))] == fires


def test_averages_cross_at_the_close_of_a_day():
    past = Background(days(10.0, 10.0, 9.0))
    watched = watch(rule(AverageCross(3, direction="up")), rule(AverageCross(3, 2), key="r2"), past=past)
    close = bars_of("ACME 2026-03-02 9 10.5 9 10.5 5", "1d")
    found = watched.closed(close)
    assert [(f.rule, f.event, f.at, f.price) for f in found] == [("r1", "ACME 2026-03-02", at("16:00"), 10.5)]
    assert found[0].message == "ACME crossed its average: 10.50 against 9.83, close 10.50"
    assert watched.closed(close) == []


def test_macd_and_rsi_cross_at_the_close_of_a_day():
    falling = [100.0 - n * n / 100 for n in range(60)]  # ever faster: the MACD is below its signal
    past = Background(days(*falling))
    watched = watch(rule(MacdCross()), rule(RsiCross(30.0), key="rsi"), rule(RsiCross(70.0), key="high"), past=past)
    found = watched.closed(bars_of("ACME 2026-03-02 65 80 65 80 5", "1d"))
    assert [firing.rule for firing in found] == ["r1", "rsi"]


def test_the_cool_down_and_the_first_of_a_day_keep_a_rule_silent():
    table = prices(99, 100, 99, 100, 99, 100, step_s=60)
    assert told(hear(watch(rule(Crosses(100.0, "up"), cooldown=timedelta(minutes=3))), table)) == [
        "ACME 10:01:00 100",
        "ACME 10:05:00 100",
    ]
    next_day = "\nACME 2026-03-03T10:00 99 1\nACME 2026-03-03T10:01 100 1\nACME 2026-03-03T10:02 99 1"
    again = "\nACME 2026-03-03T10:03 100 1"
    daily = watch(rule(Crosses(100.0, "up"), repeat="daily"))
    assert told(hear(daily, table + "\nACME 15:59 99 1" + next_day + again)) == [
        "ACME 10:01:00 100",
        "ACME 03-03 10:01:00 100",
    ]
    assert told(hear(watch(rule(Crosses(100.0, "up"), repeat="once")), table + next_day)) == ["ACME 10:01:00 100"]


def test_a_crossing_in_the_cool_down_is_told_when_it_ends_if_it_still_holds():
    patient = rule(Crosses(100.0, "up"), cooldown=timedelta(minutes=3))
    held = "ACME 10:00 99 1\nACME 10:01 100 1\nACME 10:02 99 1\nACME 10:03 101 1\nACME 10:03:30 102 1\nACME 10:04 103 1"
    assert told(hear(watch(patient), held)) == ["ACME 10:01:00 100", "ACME 10:04:00 103"]


def test_a_rule_ends_when_it_expires_or_is_switched_off():
    table = prices(99, 100, 99, 100)
    assert told(hear(watch(rule(Crosses(100.0, "up"), expires=at("10:00:03"))), table)) == ["ACME 10:00:01 100"]
    assert hear(watch(rule(Crosses(100.0, "up"), enabled=False)), table) == []


def test_session_only_waits_for_the_open_and_ends_at_a_half_days_close():
    """The day after Thanksgiving closes at 13:00."""
    only = rule(Crosses(100.0, "up"), session_only=True)
    morning = "ACME 2026-11-27T09:00 99 1\nACME 2026-11-27T09:10 101 1\nACME 2026-11-27T09:30 101 1"
    assert told(hear(watch(only), morning)) == ["ACME 11-27 09:30:00 101"]
    noon = "ACME 2026-11-27T12:58 99 1\nACME 2026-11-27T12:59:59 100 1"
    assert told(hear(watch(only), noon)) == ["ACME 11-27 12:59:59 100"]
    late = "ACME 2026-11-27T12:59 99 1\nACME 2026-11-27T13:00 100 1\nACME 2026-11-27T15:00 101 1"
    assert told(hear(watch(only), late)) == []


@pytest.mark.parametrize(("day", "opens"), [("2026-03-06", 14.5), ("2026-03-09", 13.5), ("2026-11-02", 14.5)])
def test_the_session_follows_daylight_saving(day, opens):
    """New York changes its clocks on 2026-03-08 and 2026-11-01."""
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(hours=opens)
    trades = trades_of("ACME 10:00:00 99 1\nACME 10:00:01 100 1\nACME 10:00:02 100 1").with_columns(
        ts=pl.Series(
            [start - timedelta(minutes=2), start - timedelta(minutes=1), start], dtype=pl.Datetime("us", "UTC")
        )
    )
    found = watch(rule(Crosses(100.0, "up"), session_only=True)).hear(trades, NO_QUOTES)
    assert [firing.at for firing in found] == [start]


@pytest.mark.parametrize(
    ("instant", "quiet"),
    [
        ("2026-03-28T20:59:59", False), ("2026-03-28T21:00:00", True),  # 22:00 in Amsterdam, winter
        ("2026-03-29T04:59:59", True), ("2026-03-29T05:00:00", False),  # 07:00, summer since 02:00 that night
        ("2026-10-25T05:59:59", True), ("2026-10-25T06:00:00", False),  # 07:00, winter again
    ],
)  # fmt: skip
def test_quiet_hours_are_the_users_clock_over_midnight_and_daylight_saving(instant, quiet):
    night = Quiet(time(22), time(7), "Europe/Amsterdam")
    assert night.covers(datetime.fromisoformat(instant).replace(tzinfo=UTC)) is quiet


def test_what_fires_in_quiet_hours_is_marked():
    lunch = Quiet(time(16), time(17), "Europe/Amsterdam")  # 10:00 in New York
    early = "ACME 09:59:58 99 1\nACME 09:59:59 100 1"
    assert [firing.quiet for firing in hear(watch(rule(Crosses(100.0), quiet=lunch)), early)] == [False]
    assert [firing.quiet for firing in hear(watch(rule(Crosses(100.0), quiet=lunch)), prices(99, 100))] == [True]


def test_late_suspicious_and_missing_prices_cross_nothing():
    odd = """
        ACME 10:00:05 99 1
        ACME 10:00:01 101 1
        ACME 10:00:06 101 1 !
        ACME 10:00:07 - 1"""
    assert hear(watch(rule(Crosses(100.0))), odd) == []


@pytest.mark.parametrize("code", UTP.sales)
def test_what_may_not_set_the_last_price_crosses_nothing_there_and_back(code: str):
    """As the tapes' rules have it; but a trade in extended hours (T) is the last one there."""
    condition = UTP[code,]
    table = f"""
        ACME 10:00:05 99 1
        ACME 10:00:06 101 1 {condition}
        ACME 10:00:07 99 1"""
    crossed = [] if code in "479CGHILMNPQRUVWZ" else ["ACME 10:00:06 101", "ACME 10:00:07 99"]
    assert told(hear(watch(rule(Crosses(100.0))), table)) == crossed


def test_a_rule_on_many_symbols_keeps_each_apart():
    held = Rule(id="r1", name="Held", condition=Crosses(100.0, "up"), target=Held(), repeat="once")
    table = """
        ACME 10:00:00 99 1
        BOLT 10:00:00 99 1
        BOLT 10:00:01 100 1
        ACME 10:00:02 100 1
        ACME 10:00:03 99 1
        ACME 10:00:04 100 1"""
    assert told(hear(watch(held), table)) == ["BOLT 10:00:01 100", "ACME 10:00:02 100"]


def test_what_was_heard_while_the_clock_was_ahead_is_no_minute_ago():
    watched = watch(rule(Moves(1.0, "minutes", 1)))
    watched.resume()
    hear(watched, "ACME 2026-03-09T10:00:00 100 1")
    watched.resume()
    watched.set_right(at("10:00"))
    assert hear(watched, "ACME 10:00 100 1\nACME 10:01 100.9 1\nACME 10:02 101.8 1\nACME 10:03 102.7 1") == []


EARLY = at("08:00")


def test_silence_during_the_session_is_an_episode():
    watched = watch(rule(Stale(5)))
    watched.note(trades_of("ACME 09:00 10 1"), at("09:00"))
    assert watched.silent(at("09:29"), EARLY) == []  # the market is not open
    assert watched.silent(at("09:34:59"), EARLY) == []
    found = watched.silent(at("09:35"), EARLY)
    assert [(f.event, f.message) for f in found] == [
        ("ACME silent 2026-03-02T14:30:00+00:00", "ACME: nothing heard since 2026-03-02 14:30:00 UTC")
    ]
    again = watch(rule(Stale(5)), state=watched.state())
    assert again.silent(at("09:36"), EARLY) == []
    again.note(frame_of(QUOTES, [{"symbol": "ACME", "ts": at("09:25"), "price": 10.0, "source": "v"}]), at("09:40"))
    assert [f.event for f in again.silent(at("09:45"), EARLY)] == ["ACME silent 2026-03-02T14:40:00+00:00"]


def test_silence_begins_no_earlier_than_the_rule_or_the_desk():
    new = watch(rule(Stale(5)))
    assert new.silent(at("12:00"), EARLY) == new.silent(at("12:04:59"), EARLY) == []
    assert [f.at for f in new.silent(at("12:05"), EARLY)] == [at("12:00")]
    opened_again, told_before = watch(rule(Stale(5)), state=new.state()), new.silent(at("12:20"), at("12:10"))
    assert opened_again.silent(at("12:30"), at("12:10")) == told_before == []  # still the same silence
    opened_again.note(trades_of("ACME 09:00 10 1"), at("12:31"))
    last = watch(rule(Stale(5)), rule(Stale(1), key="r2"), state=opened_again.state())
    assert last.silent(at("13:00"), at("13:00")) == []
    assert [(f.rule, f.at) for f in last.silent(at("13:01"), at("13:00"))] == [("r2", at("13:00"))]
    assert [(f.rule, f.at) for f in last.silent(at("13:05"), at("13:00"))] == [("r1", at("13:00"))]
    newest = watch(rule(Stale(5)), rule(Stale(30), key="r3"), state=last.state())
    assert newest.silent(at("13:10"), EARLY) == newest.silent(at("13:39:59"), EARLY) == []
    assert [(f.rule, f.at) for f in newest.silent(at("13:40"), EARLY)] == [("r3", at("13:10"))]


def test_feeds_that_are_down_and_jobs_that_failed_are_told_once_an_episode():
    feeds = Rule(id="f", name="Feeds", condition=FeedDown(minutes=2))
    jobs = Rule(id="j", name="Jobs", condition=JobFailed("backup"))
    watched = watch(feeds, jobs)
    facts = Facts({"alpaca": at("10:00"), "yahoo": at("10:02")}, (), {"backup": at("09:00"), "compact": at("09:00")})
    assert [(f.rule, f.event) for f in watched.at(at("10:02"), facts)] == [
        ("f", "alpaca down 2026-03-02T15:00:00+00:00"),
        ("j", "backup failed 2026-03-02T14:00:00+00:00"),
    ]
    again = watch(feeds, jobs, state=watched.state())
    assert again.at(at("10:03"), facts) == []
    begun_again = Facts({"alpaca": at("10:05")})  # the desk was: the feed has not been live since
    assert again.at(at("10:09"), Facts()) == again.at(at("10:09"), begun_again) == []
    assert again.at(at("10:10"), Facts(feeds_live=["alpaca"])) == []
    assert [f.event for f in again.at(at("10:13"), Facts({"alpaca": at("10:11")}))] == [
        "alpaca down 2026-03-02T15:11:00+00:00"
    ]


def test_what_no_rule_asks_for_any_more_is_forgotten_but_for_what_was_told():
    first = watch(rule(Crosses(100.0), repeat="once"), Rule(id="all", name="All", condition=Stale(5), target=Held()))
    hear(first, prices(99, 101))
    hear(first, prices(99, symbol="BOLT"))
    other = watch(rule(Crosses(100.0), "BOLT", repeat="once"), state=first.state())
    assert set(json.loads(other.state())["arms"]) == {"r1"}
    assert hear(other, prices(101, 99, 101, symbol="BOLT", start="11:00:00"))[0].symbol == "BOLT"
    back = watch(rule(Crosses(100.0), repeat="once"), state=other.state())
    assert hear(back, prices(99, 101, start="12:00:00")) == []


def test_an_edited_condition_begins_anew_and_a_new_name_does_not():
    first = watch(rule(Crosses(100.0, "up"), repeat="once"))
    hear(first, prices(99, 100, 99))
    renamed = rule(Crosses(100.0, "up"), repeat="once", message="{symbol}!")
    assert hear(watch(renamed, state=first.state()), prices(99, 100, start="11:00:00")) == []
    edited = rule(Crosses(100.5, "up"), repeat="once", message="{symbol}!")
    found = hear(watch(edited, state=first.state()), prices(99, 101, start="11:00:00"))
    assert [firing.message for firing in found] == ["ACME!"]


def test_closes_of_other_symbols_and_intervals_say_nothing():
    watched = watch(rule(VolumeSpike(2.0, 3)), rule(AverageCross(3), key="r2"), past=Background(days(9.0, 9.0, 9.0)))
    assert watched.closed(closes_of([1.0, 2.0], symbol="BOLT")) == []
    assert watched.closed(bars_of("ACME 2026-03-02 1 1 1 1 1", "1w")) == []
    assert watched.traded(bars_of("BOLT 09:30 9 9 9 9 900"), at("09:31")) == []

"""A rule is tried on the past: within limits, and only where the past can answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from openbell.alerts.conditions import (
    AverageCross,
    Condition,
    Crosses,
    Drawdown,
    FeedDown,
    JobFailed,
    Moves,
    NewExtreme,
    Spread,
    Stale,
    Symbol,
)
from openbell.alerts.rules import Rule
from openbell.desk import Desk, open_desk
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, conform, frame_of
from openbell.model.interval import MINUTE
from openbell.rulebook import Rulebook
from openbell.settings import Settings
from openbell.trials import MOST_LOOKED_BACK, trials


def rule(condition: Condition) -> Rule:
    of_the_desk = isinstance(condition, FeedDown | JobFailed)
    return Rule(id="new", name="new", condition=condition, target=None if of_the_desk else Symbol("BTC-USD"))


@pytest.mark.parametrize("condition", [FeedDown(), JobFailed(), Stale(), Spread(1.0)])
def test_a_rule_that_bars_cannot_answer_is_refused_also_without_symbols(desk: Desk, condition: Condition):
    with pytest.raises(InvalidInput, match="Bars say nothing") as refused:
        trials(desk, rule(condition), [])
    assert refused.value.field == "condition"


def store_minutes(desk: Desk, symbol: str, count: int) -> None:
    """As many minutes of `symbol` before now, at prices that go up and down."""
    end = desk.clock().replace(second=0)
    minutes = pl.DataFrame({"n": range(count)}).select(
        symbol=pl.lit(symbol),
        interval=pl.lit("1m"),
        ts=pl.datetime_range(end - timedelta(minutes=count), end, "1m", closed="left", time_zone="UTC", time_unit="us"),
        volume=pl.lit(1.0),
        scale=pl.lit("raw"),
        source=pl.lit("file"),
        **{each: 100.0 + pl.col("n") % 50000 // 25000 for each in ("open", "high", "low", "close")},
    )
    desk.lake.append_bars(conform(minutes, BARS), desk.clock())


def test_a_rule_that_looks_back_from_each_minute_is_tried_on_fewer_of_them(desk: Desk):
    key = desk.history.register.id_of("BTC-USD")
    store_minutes(desk, key, MOST_LOOKED_BACK + 60)
    back = rule(Moves(0.5, "minutes", 1))
    with pytest.raises(InvalidInput, match="These are 100,060 minutes; this rule is tried on 100,000 at most") as told:
        trials(desk, back, ["BTC-USD"], 90)
    assert told.value.field == "days"
    (trial,) = trials(desk, rule(Crosses(100.5)), ["BTC-USD"], 69)
    assert len(trial.fired) == 4
    (short,) = trials(desk, back, ["BTC-USD"], 2)
    assert [each.firing.price for each in short.fired] == [100.0]


def test_a_rule_that_cannot_be_read_is_logged_once(desk: Desk, caplog: pytest.LogCaptureFixture):
    book = Rulebook(desk)
    strange = book.kept.add_rule("Newer", {"condition": {"type": "Telepathy"}}, desk.clock())
    for _ in range(3):
        assert book.chosen() == []
    book.kept.change_rule(strange, desk.clock() + timedelta(seconds=1))
    book.chosen()
    assert [each.getMessage()[:30] for each in caplog.records] == ["rule 1 (Newer) is left out: co"] * 2


def store_days(desk: Desk, symbol: str, first: date, last: date) -> None:
    """A bar from 90 to 110 and back of every weekday."""
    table = pl.DataFrame({"ts": pl.date_range(first, last, eager=True)}).filter(pl.col("ts").dt.weekday() < 6)
    flat = {"open": 90.0, "high": 110.0, "low": 90.0, "close": 90.0, "volume": 1.0}
    days = table.with_columns(
        *(pl.lit(value).alias(name) for name, value in flat.items()),
        symbol=pl.lit(symbol), interval=pl.lit("1d"), scale=pl.lit("raw"), source=pl.lit("file"),
        ts=pl.col("ts").cast(pl.Datetime("us", "UTC")),
    )  # fmt: skip
    desk.lake.append_bars(conform(days, BARS), desk.clock())


def test_a_date_with_minutes_is_judged_on_them_and_every_other_on_its_day(desk: Desk):
    key = desk.history.register.id_of("BTC-USD")
    store_minutes(desk, key, 2 * 24 * 60)
    minutes = desk.history.bars("BTC-USD", MINUTE, desk.clock() - timedelta(days=3), desk.clock()).bars
    today = desk.clock().date()
    store_days(desk, key, today - timedelta(days=10), today)
    (trial,) = trials(desk, rule(Crosses(95.0)), ["BTC-USD"], 8)
    told = [each for each in trial.fired if each.day is not None]
    assert trial.days
    assert {each.day for each in told}.isdisjoint(minutes["ts"].dt.date())
    assert len(told) == 2 * trial.days
    assert {each.firing.price for each in told} == {95.0}
    assert len(trial.fired) - len(told) <= 1  # the minutes begin above 95 and stay there


def test_a_session_that_begins_on_the_day_before_is_of_its_own_date(tmp_path: Path):
    after = datetime(2026, 1, 9, 5, tzinfo=UTC)  # Friday's close in Sydney, which has opened at 23:00 on Thursday
    desk = open_desk(Settings(home=tmp_path, offline=True), lambda: after)
    key = desk.history.register.id_of("BHP.AX")
    store_minutes(desk, key, 6 * 60)
    store_days(desk, key, date(2026, 1, 5), date(2026, 1, 9))
    (trial,) = trials(desk, replace(rule(Crosses(95.0)), target=Symbol("BHP.AX")), ["BHP.AX"], 6)
    (closes,) = trials(desk, replace(rule(AverageCross(2)), target=Symbol("BHP.AX")), ["BHP.AX"], 6)
    desk.close()
    assert [each.day and each.day.day for each in trial.fired] == [5, 5, 6, 6, 7, 7, 8, 8, None]
    assert trial.days == 4
    assert closes.days == 5


@pytest.mark.parametrize("condition", [Crosses(105.0), Moves(1.0, "open"), Moves(1.0), NewExtreme(2), Drawdown(1.0)])
def test_a_trial_that_would_begin_amid_a_session_begins_with_the_next_one(tmp_path: Path, condition: Condition):
    opened, now = datetime(2026, 3, 4, 14, 30, tzinfo=UTC), datetime(2026, 3, 5, 17, tzinfo=UTC)
    desk = open_desk(Settings(home=tmp_path, offline=True), lambda: now)
    key = desk.history.register.id_of("ACME")
    prices = [100.0 if nth == 0 else 110.0 if nth < 210 else 112.0 for nth in range(390)]
    minutes = [
        {"symbol": key, "interval": "1m", "ts": opened + timedelta(minutes=nth), "scale": "raw", "source": "file"}
        | dict.fromkeys(("open", "high", "low", "close"), price)
        for nth, price in enumerate(prices)
    ]
    desk.lake.append_bars(frame_of(BARS, minutes), now)
    of = replace(rule(condition), target=Symbol("ACME"))
    fired = {days: trials(desk, of, ["ACME"], days)[0].fired for days in (1, 2)}
    desk.close()
    assert fired[1] == ()
    assert all(each.firing.at < opened + timedelta(minutes=2) for each in fired[2])


def test_the_first_session_of_a_trial_counts_also_where_only_its_day_is_known(tmp_path: Path):
    now = datetime(2026, 3, 4, 22, tzinfo=UTC)
    desk = open_desk(Settings(home=tmp_path, offline=True), lambda: now)
    store_days(desk, desk.history.register.id_of("ACME"), date(2026, 2, 23), date(2026, 3, 4))
    of = replace(rule(Crosses(95.0)), target=Symbol("ACME"))
    told = {days: [each.day for each in trials(desk, of, ["ACME"], days)[0].fired] for days in (1, 2)}
    desk.close()
    tuesday, wednesday = date(2026, 3, 3), date(2026, 3, 4)
    assert told == {1: [wednesday] * 2, 2: [tuesday] * 2 + [wednesday] * 2}


def test_a_trial_over_a_weekend_is_of_the_session_before(tmp_path: Path):
    sunday = datetime(2026, 3, 8, 15, tzinfo=UTC)
    desk = open_desk(Settings(home=tmp_path, offline=True), lambda: sunday)
    store_days(desk, desk.history.register.id_of("ACME"), date(2026, 2, 23), date(2026, 3, 6))
    (trial,) = trials(desk, replace(rule(Crosses(95.0)), target=Symbol("ACME")), ["ACME"], 1)
    desk.close()
    assert [each.day for each in trial.fired] == [date(2026, 3, 6)] * 2
    assert trial.since <= sunday

"""A rule is tried on the past: within limits, and only where the past can answer."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from openbell.alerts.rules import Condition, Crosses, FeedDown, JobFailed, Moves, Rule, Spread, Stale, Symbol
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, conform
from openbell.model.interval import MINUTE
from openbell.rulebook import MOST_LOOKED_BACK, Rulebook


def rule(condition: Condition) -> Rule:
    of_the_desk = isinstance(condition, FeedDown | JobFailed)
    return Rule(id="new", name="new", condition=condition, target=None if of_the_desk else Symbol("BTC-USD"))


@pytest.mark.parametrize("condition", [FeedDown(), JobFailed(), Stale(), Spread(1.0)])
def test_a_rule_that_bars_cannot_answer_is_refused_also_without_symbols(desk: Desk, condition: Condition):
    with pytest.raises(InvalidInput, match="Bars say nothing") as refused:
        Rulebook(desk).trial(rule(condition), [])
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
    book = Rulebook(desk)
    back = rule(Moves(0.5, "minutes", 1))
    with pytest.raises(InvalidInput, match="These are 100,060 minutes; this rule is tried on 100,000 at most") as told:
        book.trial(back, ["BTC-USD"], 90)
    assert told.value.field == "days"
    (trial,) = book.trial(rule(Crosses(100.5)), ["BTC-USD"], 69)
    assert len(trial.firings) == 4
    (short,) = book.trial(back, ["BTC-USD"], 2)
    assert [each.price for each in short.firings] == [100.0]


def test_a_rule_that_cannot_be_read_is_logged_once(desk: Desk, caplog: pytest.LogCaptureFixture):
    book = Rulebook(desk)
    strange = book.kept.add_rule("Newer", {"condition": {"type": "Telepathy"}}, desk.clock())
    for _ in range(3):
        assert book.chosen() == []
    book.kept.change_rule(strange, desk.clock() + timedelta(seconds=1))
    book.chosen()
    assert [each.getMessage()[:30] for each in caplog.records] == ["rule 1 (Newer) is left out: co"] * 2


def test_a_date_with_minutes_is_judged_on_them_and_every_other_on_its_day(desk: Desk):
    key = desk.history.register.id_of("BTC-USD")
    store_minutes(desk, key, 2 * 24 * 60)
    minutes = desk.history.bars("BTC-USD", MINUTE, desk.clock() - timedelta(days=3), desk.clock()).bars
    since = (desk.clock() - timedelta(days=10)).date()
    table = pl.DataFrame({"ts": pl.date_range(since, desk.clock().date(), eager=True)}).with_columns(
        symbol=pl.lit(key), interval=pl.lit("1d"), volume=pl.lit(1.0), scale=pl.lit("raw"), source=pl.lit("file"),
        ts=pl.col("ts").cast(pl.Datetime("us", "UTC")),
        open=pl.lit(90.0), high=pl.lit(110.0), low=pl.lit(90.0), close=pl.lit(90.0),
    )  # fmt: skip
    desk.lake.append_bars(conform(table, BARS), desk.clock())
    (trial,) = Rulebook(desk).trial(rule(Crosses(95.0)), ["BTC-USD"], 8)
    dates = set(minutes["ts"].dt.date())
    assert trial.by_day
    assert not trial.by_day & dates
    told = [each for each in trial.firings if each.at.date() in trial.by_day]
    assert len(told) == 2 * len(trial.by_day)
    assert {each.price for each in told} == {95.0}
    assert len(trial.firings) - len(told) <= 1  # the minutes begin above 95 and stay there

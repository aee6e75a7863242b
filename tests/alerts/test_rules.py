"""What a rule can be, and what it says about one that cannot."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from alerts.watched import rule
from openbell.alerts.rules import (
    AverageCross,
    Condition,
    Crosses,
    Drawdown,
    FeedDown,
    Held,
    JobFailed,
    MacdCross,
    Moves,
    NewExtreme,
    Quiet,
    RsiCross,
    Rule,
    Seen,
    Spread,
    Stale,
    Target,
    VolumeSpike,
    Watchlist,
    fired,
)
from openbell.model.errors import InvalidInput

NIGHT = Quiet(time(22), time(7), "Europe/Amsterdam")
CONDITIONS: tuple[Condition, ...] = (
    Crosses(100.0, "up"), Moves(), Moves(2.0, "minutes", 5, "down"), NewExtreme(52, "low"), AverageCross(50, 20, "ema"),
    MacdCross(), RsiCross(30.0), VolumeSpike(), Drawdown(10.0), Spread(0.5), Stale(),
)  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("target", [Watchlist("7"), Held()])
def test_a_rule_survives_json(condition, target: Target):
    full = Rule(
        id="r1", name="Mine", condition=condition, target=target, hysteresis_pct=0.5, cooldown=timedelta(minutes=5),
        repeat="daily", expires=datetime(2026, 12, 31, tzinfo=UTC), quiet=NIGHT, session_only=True,
        message="{symbol} {price} {change} {level}", enabled=False,
    )  # fmt: skip
    assert Rule.from_json(full.to_json()) == full


def test_a_rule_on_the_desk_survives_json():
    for condition in (FeedDown("yahoo", 2), JobFailed()):
        desk = Rule(id="r1", name="Desk", condition=condition)
        assert Rule.from_json(desk.to_json()) == desk


def test_one_percent_from_the_last_close_is_the_preset():
    assert Moves() == Moves(1.0, "previous_close", 0, "either")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Crosses(0.0), "level"),
        (lambda: Crosses(float("nan")), "level"),
        (lambda: Moves(100.0), "percent"),
        (lambda: Moves(1.0, "minutes"), "minutes"),
        (lambda: Moves(1.0, "open", 5), "minutes"),
        (lambda: NewExtreme(0), "days"),
        (lambda: AverageCross(20, 20), "fast"),
        (lambda: MacdCross(26, 12), "fast"),
        (lambda: RsiCross(100.0), "level"),
        (lambda: VolumeSpike(-1.0), "times"),
        (lambda: Drawdown(100.0), "percent"),
        (lambda: Spread(float("inf")), "percent"),
        (lambda: Stale(0), "minutes"),
        (lambda: Quiet(time(22), time(22), "UTC"), "quiet"),
        (lambda: Quiet(time(22), time(7), "Mars/Olympus"), "quiet"),
        (lambda: Quiet(time(22, tzinfo=UTC), time(7), "UTC"), "quiet"),
        (lambda: rule(Stale(), symbol=" "), "symbol"),
        (lambda: rule(Stale(), key=""), "id"),
        (lambda: Rule(id="r", name="n", condition=Stale()), "target"),
        (lambda: Rule(id="r", name="n", condition=JobFailed(), target=Held()), "target"),
        (lambda: Rule(id="r", name="n", condition=JobFailed(), session_only=True), "session_only"),
        (lambda: rule(Stale(), hysteresis_pct=-1.0), "hysteresis_pct"),
        (lambda: rule(Stale(), cooldown=timedelta(seconds=-1)), "cooldown"),
        (lambda: rule(Stale(), expires=datetime(2026, 1, 1)), "expires"),  # noqa: DTZ001
        (lambda: rule(Stale(), message="{owner}"), "message"),
        (lambda: rule(Stale(), message="{symbol.__class__}"), "message"),
        (lambda: rule(Stale(), message="{price:999999999d}"), "message"),
        (lambda: rule(Stale(), message="{symbol"), "message"),
        (lambda: rule(Stale(), message="{}"), "message"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_its_field_and_a_remedy(make, field):
    with pytest.raises(InvalidInput) as refused:
        make()
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("no json", "rule"),
        ("{}", "rule"),
        ('{"id":"r","name":"n","condition":{"type":"Guess"}}', "condition.type"),
        ('{"id":"r","name":"n","condition":{"type":"Crosses","level":"high"}}', "condition.level"),
        (
            '{"id":"r","name":"n","condition":{"type":"Crosses","level":1,"direction":"sideways"}}',
            "condition.direction",
        ),
        ('{"id":"r","name":"n","condition":{"type":"Crosses","level":-1}}', "level"),
        ('{"id":"r","name":"n","condition":{"type":"JobFailed"},"owner":1}', "rule"),
    ],
)
def test_json_that_is_no_rule_is_refused_with_its_field(text, field):
    with pytest.raises(InvalidInput) as refused:
        Rule.from_json(text)
    assert refused.value.field == field


def test_a_message_is_filled_with_what_is_known():
    mine = rule(
        Crosses(100.0), message="{rule}: {symbol} at {price} ({change} from {reference}), {level}, {value}, {at} {{!}}"
    )
    seen = Seen(
        "ACME", datetime(2026, 3, 2, 15, tzinfo=UTC), price=1234.5, value=1234.5, level=1200.0, reference=1000.0
    )
    assert fired(mine, "e", seen).message == (
        "Mine: ACME at 1,234.5 (+23.45 % from 1,000), 1,200, 1,234.5, 2026-03-02 15:00:00 UTC {!}"
    )
    assert fired(rule(Stale(), message="{price} {change}"), "e", Seen("ACME", seen.at)).message == "– –"

"""What a rule can be, and what it says about one that cannot."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.watched import rule
from openbell.alerts.conditions import (
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
    RsiCross,
    Spread,
    Stale,
    Target,
    VolumeSpike,
    Watchlist,
)
from openbell.alerts.rules import Quiet, Rule, Seen, cooldown_of, fired
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
    assert Rule.from_json(msgspec.json.encode(full)) == full


def test_a_rule_on_the_desk_survives_json():
    for condition in (FeedDown("yahoo", 2), JobFailed()):
        desk = Rule(id="r1", name="Desk", condition=condition)
        assert Rule.from_json(msgspec.json.encode(desk)) == desk


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
        (lambda: rule(Stale(), symbol="A,B"), "symbol"),
        (lambda: Watchlist("\ud800"), "target"),
        (lambda: FeedDown("\ud800"), "feed"),
        (lambda: JobFailed("a\x00"), "job"),
        (lambda: rule(Stale(), key=""), "id"),
        (lambda: Rule(id="r", name="a\x00b", condition=JobFailed()), "name"),
        (lambda: Rule(id="r", name="\udcff", condition=JobFailed()), "name"),
        (lambda: Rule(id="r", name="n" * 81, condition=JobFailed()), "name"),
        (lambda: rule(Stale(), cooldown=timedelta(days=366)), "cooldown_min"),
        (lambda: cooldown_of(math.nan), "cooldown_min"),
        (lambda: cooldown_of(1e12), "cooldown_min"),
        (lambda: rule(Stale(), message="\x1b[2J"), "message"),
        (lambda: rule(Stale(), message="m" * 401), "message"),
        (lambda: Rule(id="r", name="n", condition=Stale()), "target"),
        (lambda: Rule(id="r", name="n", condition=JobFailed(), target=Held()), "target"),
        (lambda: Rule(id="r", name="n", condition=JobFailed(), session_only=True), "session_only"),
        (lambda: rule(Stale(), hysteresis_pct=-1.0), "hysteresis_pct"),
        (lambda: rule(Stale(), cooldown=timedelta(seconds=-1)), "cooldown_min"),
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


def test_a_symbol_is_in_capitals_however_it_was_typed():
    assert rule(Stale(), symbol=" acme ") == rule(Stale(), symbol="ACME")


def test_a_message_may_have_several_lines_and_a_name_any_script():
    mine = Rule(id="r", name="價格 👩‍👩‍👧", condition=JobFailed(), message="{symbol}\nfailed")
    assert Rule.from_json(msgspec.json.encode(mine)) == mine


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("no json", "rule"),
        ("{}", "id"),
        ('{"id":"r","name":"n","condition":{"type":"Guess"}}', "condition.type"),
        ('{"id":"r","name":"n","condition":{"type":"Crosses","level":"high"}}', "condition.level"),
        (
            '{"id":"r","name":"n","condition":{"type":"Crosses","level":1,"direction":"sideways"}}',
            "condition.direction",
        ),
        ('{"id":"r","name":"n","condition":{"type":"Crosses","level":-1}}', "level"),
        ('{"id":"r","name":"n","condition":{"type":"JobFailed"},"owner":1}', "owner"),
    ],
)
def test_json_that_is_no_rule_is_refused_with_its_field(text, field):
    with pytest.raises(InvalidInput) as refused:
        Rule.from_json(text)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("level", "price", "words"),
    [
        (88.4, 88.22, "88.40: 88.22"),
        (80.5, 80.123, "80.500: 80.123"),
        (2e-5, 2.345e-5, "0.00002000: 0.00002345"),
        (100.0, 100.1 + 0.2, "100.00: 100.30"),
    ],
)
def test_the_prices_of_a_message_have_as_many_decimals_as_the_finest(level: float, price: float, words: str):
    seen = Seen("ACME", datetime(2026, 3, 2, 15, tzinfo=UTC), price=price, value=price, level=level, reference=level)
    assert fired(rule(Crosses(level)), "e", seen).message == f"ACME reached {words}"


def test_a_message_is_filled_with_what_is_known():
    mine = rule(
        Crosses(100.0), message="{rule}: {symbol} at {price} ({change} from {reference}), {level}, {value}, {at} {{!}}"
    )
    seen = Seen(
        "ACME", datetime(2026, 3, 2, 15, tzinfo=UTC), price=1234.5, value=1234.5, level=1200.0, reference=1000.0
    )
    assert fired(mine, "e", seen).message == (
        "Mine: ACME at 1,234.50 (+23.45 % from 1,000.00), 1,200.00, 1,234.50, 2026-03-02 15:00:00 UTC {!}"
    )
    assert fired(rule(Stale(), message="{price} {change}"), "e", Seen("ACME", seen.at)).message == "– –"


AMSTERDAM, NEW_YORK = "Europe/Amsterdam", "America/New_York"


@pytest.mark.parametrize(
    ("zone", "end", "at", "over"),
    [
        (AMSTERDAM, "02:30", "2026-03-04T23:00", "2026-03-05T01:30"),
        (AMSTERDAM, "02:30", "2026-03-04T12:00", "2026-03-04T12:00"),
        (AMSTERDAM, "02:30", "2026-10-24T23:00", "2026-10-25T00:30"),
        (AMSTERDAM, "02:30", "2026-10-25T00:30", "2026-10-25T00:30"),
        (AMSTERDAM, "02:30", "2026-10-25T01:10", "2026-10-25T01:30"),
        (NEW_YORK, "01:30", "2026-11-01T06:10", "2026-11-01T06:30"),
        (AMSTERDAM, "02:30", "2026-03-29T00:10", "2026-03-29T01:30"),
        (AMSTERDAM, "02:30", "2026-03-29T00:30", "2026-03-29T01:30"),
        (AMSTERDAM, "03:00", "2026-03-29T00:30", "2026-03-29T01:00"),
    ],
)
def test_quiet_hours_end_on_the_zones_clock_also_where_it_is_put_back_or_forward(
    zone: str, end: str, at: str, over: str
):
    night = Quiet(time(22), time.fromisoformat(end), zone)
    assert f"{night.over(datetime.fromisoformat(f'{at}Z')):%Y-%m-%dT%H:%M%z}" == f"{over}+0000"


@given(
    clocks=st.tuples(st.times(), st.times()).filter(lambda both: both[0] != both[1]),
    zone=st.sampled_from([AMSTERDAM, NEW_YORK, "Australia/Lord_Howe"]),
    minute=st.integers(0, 366 * 24 * 60),
)
def test_quiet_hours_are_over_within_a_day_and_an_hour(clocks: tuple[time, time], zone: str, minute: int):
    quiet = Quiet(*clocks, zone)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    over = quiet.over(at)
    assert not quiet.covers(over)
    assert at <= over <= at + timedelta(hours=25)
    assert quiet.covers(at) == (over > at)

"""What holds of every sequence of prices, however it is told."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.watched import NO_QUOTES, NO_TRADES, days, rule, watch
from bars.tables import at
from openbell.alerts.background import Background
from openbell.alerts.conditions import Crosses, Drawdown, Held, Moves, NewExtreme, Spread
from openbell.alerts.rules import Firing, Rule
from openbell.alerts.watch import Watch
from openbell.model.frames import QUOTES, TRADES, frame_of

START = at("08:00")

TRADES_TOLD = st.lists(
    st.tuples(
        st.sampled_from(["ACME", "BOLT", "NONE"]),
        st.one_of(st.integers(-600, 900), st.sampled_from([0, 28_800, 86_400, 3 * 86_400])),  # over the open and nights
        st.integers(960, 1040),
    ),
    max_size=60,
)
HOW = st.fixed_dictionaries(
    {
        "cooldown": st.sampled_from([timedelta(0), timedelta(minutes=7), timedelta(hours=30)]),
        "repeat": st.sampled_from(["always", "daily", "once"]),
        "hysteresis_pct": st.sampled_from([0.0, 0.5]),
        "session_only": st.booleans(),
    }
)
CONDITIONS = (
    Crosses(100.0), Crosses(101.0, "up"), Moves(1.0), Moves(0.5, "open"), Moves(1.0, "minutes", 3),
    Moves(1.0, "minutes", 20), Moves(1.0, "last_alert"), NewExtreme(2), NewExtreme(2, "low"), Drawdown(1.0, 2),
)  # fmt: skip


def trades_told(rows: list[tuple[str, int, int]]) -> pl.DataFrame:
    """Trades some time after one another, or before."""
    clock, told = START, []
    for seq, (symbol, wait, price) in enumerate(rows):
        clock += timedelta(seconds=wait)
        told.append({"symbol": symbol, "ts": clock, "seq": seq, "price": price / 10, "size": 1.0, "source": "v"})
    return frame_of(TRADES, told)


def background(_symbol: str, day: date) -> Background:
    """Some days, and a split on the 3rd of March."""
    return Background(days(101.0, 99.0, 100.0), splits={date(2026, 3, 3): 2.0} if day >= date(2026, 3, 3) else {})


def rules(how: dict[str, object]) -> list[Rule]:
    return [
        Rule(id=f"r{nth}", name="law", condition=condition, target=Held(), **how)
        for nth, condition in enumerate(CONDITIONS)
    ]


def watching(how: dict[str, object], state: str | None = None) -> Watch:
    return Watch(
        rules(how),
        members=lambda _rule: ["ACME", "BOLT"],
        backgrounds=background,
        exchange_of=lambda symbol: "XNYS" if symbol == "ACME" else "24/7",
        state=state,
    )


def keys(firings: list[Firing]) -> set[Firing]:
    assert len({(firing.rule, firing.event) for firing in firings}) == len(firings)
    return set(firings)


@settings(max_examples=60)
@given(
    rows=TRADES_TOLD,
    how=HOW,
    cuts=st.sets(st.integers(1, 60)),
    outages=st.sets(st.integers(1, 60), max_size=3),
    restarts=st.booleans(),
)
def test_however_trades_are_batched_and_wherever_the_watch_restarts_the_same_fires(rows, how, cuts, outages, restarts):
    trades, whole, parts = trades_told(rows), watching(how), watching(how)
    expected: list[Firing] = []
    for start, end in pairwise([0, *sorted(cut for cut in outages if cut < len(rows)), len(rows)]):
        expected += whole.hear(trades[start:end], NO_QUOTES)
        whole.resume()
    found: list[Firing] = []
    for start, end in pairwise([0, *sorted(cut for cut in cuts | outages if cut < len(rows)), len(rows)]):
        found += parts.hear(trades[start:end], NO_QUOTES)
        if end in outages or end == len(rows):
            parts.resume()
        parts = watching(how, parts.state()) if restarts else parts
    assert keys(found) == keys(expected)
    assert parts.state() == whole.state()


@settings(max_examples=30)
@given(rows=TRADES_TOLD, how=HOW, saved=st.integers(0, 60), crash=st.integers(0, 60))
def test_what_is_heard_again_after_a_crash_has_the_same_identity(rows, how, saved, crash):
    trades, watched = trades_told(rows), watching(how)
    saved, crash = sorted((saved, crash))
    stored = {(firing.rule, firing.event): firing for firing in watched.hear(trades[:saved], NO_QUOTES)}
    state = watched.state()
    for firing in watched.hear(trades[saved:crash], NO_QUOTES):
        stored[firing.rule, firing.event] = firing
    for firing in watching(how, state).hear(trades[saved:], NO_QUOTES):
        assert stored.setdefault((firing.rule, firing.event), firing) == firing
    assert set(stored.values()) == keys(watching(how).hear(trades, NO_QUOTES))


@settings(max_examples=30)
@given(rows=TRADES_TOLD, how=HOW)
def test_an_entry_heard_twice_fires_nothing_the_second_time(rows, how):
    watched, trades = watching(how), trades_told(rows)
    watched.hear(trades, NO_QUOTES)
    state = watched.state()
    assert watched.hear(trades, NO_QUOTES) == []
    assert watched.state() == state


@settings(max_examples=60)
@given(rows=TRADES_TOLD, how=HOW)
def test_the_cool_down_once_and_once_a_day_are_never_exceeded(rows, how):
    by_line: dict[tuple[str, str], list[Firing]] = {}
    for firing in watching(how).hear(trades_told(rows), NO_QUOTES):
        by_line.setdefault((firing.rule, firing.symbol), []).append(firing)
    for firings in by_line.values():
        assert all(b.at - a.at >= how["cooldown"] for a, b in pairwise(firings))
        if how["repeat"] == "once":
            assert len(firings) == 1
        if how["repeat"] == "daily" and firings[0].symbol == "BOLT":  # its trade dates are those of UTC
            assert len({firing.at.date() for firing in firings}) == len(firings)


@settings(max_examples=60)
@given(
    values=st.lists(st.integers(95, 105), min_size=1, max_size=40),
    direction=st.sampled_from(["up", "down", "either"]),
    back=st.sampled_from([0.0, 2.0]),
)
def test_every_firing_is_a_crossing_and_without_hysteresis_every_crossing_fires(values, direction, back):
    trades = trades_told([("ACME", 1, value * 10) for value in values])
    watched = watch(rule(Crosses(100.0, direction), hysteresis_pct=back), exchange="24/7")
    found = [trades["ts"].to_list().index(firing.at) for firing in watched.hear(trades, NO_QUOTES)]
    side, crossings = (values[0] > 100) - (values[0] < 100), []
    for nth, value in enumerate(values[1:], start=1):
        if (value >= 100 and side < 0 and direction != "down") or (value <= 100 and side > 0 and direction != "up"):
            crossings.append(nth)
        side = (value > 100) - (value < 100)
    if back:
        assert set(found) <= set(crossings)
    else:
        assert found == crossings


@settings(max_examples=30)
@given(
    rows=st.lists(st.tuples(st.sampled_from(["ACME", "BOLT"]), st.integers(-2, 5), st.integers(0, 30)), max_size=30),
    cut=st.integers(0, 30),
)
def test_quotes_in_any_batches_fire_the_same(rows, cut):
    clock, told = START, []
    for symbol, wait, half in rows:
        clock += timedelta(seconds=wait)
        told.append({"symbol": symbol, "ts": clock, "bid": 100 - half / 10, "ask": 100 + half / 10, "source": "v"})
    quotes = frame_of(QUOTES, told)
    wide = Rule(id="wide", name="law", condition=Spread(2.0), target=Held())
    whole, parts = watch(wide), watch(wide)
    expected = whole.hear(NO_TRADES, quotes)
    found = parts.hear(NO_TRADES, quotes[:cut])
    parts = watch(wide, state=parts.state())
    assert set(found + parts.hear(NO_TRADES, quotes[cut:])) == set(expected)
    assert parts.state() == whole.state()

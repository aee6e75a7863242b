"""Several vendors as one: who is asked, who answers, and what is said when nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

import polars as pl
import pytest

from contracts.stores import InMemory
from openbell.model.errors import (
    BadResponse,
    InvalidInput,
    NotEntitled,
    NotOffered,
    ProviderError,
    RateLimited,
    UnknownSymbol,
    Unreachable,
)
from openbell.model.frames import ACTIONS, BARS, MATCHES, QUOTES, frame_of
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.base import Capabilities, Rate
from openbell.providers.budget import Budget, Metered
from openbell.providers.http import Browser
from openbell.providers.ordered import Ordered
from openbell.providers.yahoo import Yahoo
from recorded import Answer, vendor

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = NOON - timedelta(days=1)


class Vendor:
    """A vendor that knows `symbols`, or answers everything with `error`."""

    def __init__(
        self, name: str, *symbols: str, error: ProviderError | None = None, intervals: Sequence[Interval] = (DAY,)
    ) -> None:
        self.capabilities = Capabilities(
            name, name.title(), bars=dict.fromkeys(intervals), rates=(Rate(3, timedelta(days=1)),)
        )
        self.symbols = symbols
        self.error = error
        self.calls = 0

    def _answer(self, symbol: str | None = None) -> None:
        self.calls += 1
        if self.error is not None:
            raise self.error
        if symbol is not None and symbol not in self.symbols:
            raise UnknownSymbol(self.capabilities.name, symbol)

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        self._answer(symbol)
        return frame_of(BARS, [{"symbol": symbol, "ts": start, "source": self.capabilities.name}])

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        self._answer()
        known = [each for each in symbols if each in self.symbols]
        return frame_of(QUOTES, ({"symbol": each, "source": self.capabilities.name} for each in known))

    def actions(self, symbol: str, start: date, end: date) -> pl.DataFrame:
        self._answer(symbol)
        return frame_of(ACTIONS, [{"symbol": symbol, "ex_date": start, "source": self.capabilities.name}])

    def search(self, text: str) -> pl.DataFrame:
        self._answer()
        found = [each for each in self.symbols if text in each]
        return frame_of(MATCHES, ({"ticker": each, "source": self.capabilities.name} for each in found))


class Desk:
    """Vendors in order, with a clock that the test moves."""

    def __init__(self, *vendors: Vendor, store: InMemory | None = None) -> None:
        self.now = NOON
        self.budget = Budget(store or InMemory())
        self.vendors = Ordered(
            bars=vendors, quotes=vendors, actions=vendors, search=vendors, budget=self.budget, clock=lambda: self.now
        )

    def source_of(self, symbol: str, interval: Interval = DAY) -> str:
        return str(self.vendors.bars(symbol, interval, START, NOON)["source"][0])


def limited(seconds: float, name: str = "first") -> RateLimited:
    return RateLimited(name, "too many requests.", retry_after=seconds)


FAILURES = (
    (limited(60), "rate_limited"),
    (NotEntitled("first", "takes a paid plan."), "not_entitled"),
    (Unreachable("first", "no answer from host."), "unreachable"),
    (BadResponse("first", "answered HTTP 500."), "bad"),
)


@pytest.mark.parametrize(("error", "state"), FAILURES, ids=[state for _, state in FAILURES])
def test_the_next_vendor_is_asked_when_one_fails_and_its_health_says_why(error: ProviderError, state: str):
    desk = Desk(Vendor("first", error=error), Vendor("second", "ACME"))
    assert desk.source_of("ACME") == "second"
    first, second = desk.vendors.health()
    assert (first.state, first.last_ok) == (state, None)
    assert first.detail
    assert first.detail.rstrip(".") in str(error)
    assert (second.state, second.detail, second.last_ok) == ("ok", "", NOON)


def test_the_first_vendor_that_delivers_answers_and_the_others_stay_unused():
    desk = Desk(Vendor("first", "ACME"), Vendor("second", "ACME"))
    assert desk.source_of("ACME") == "first"
    assert [(each.name, each.title, each.state) for each in desk.vendors.health()] == [
        ("first", "First", "ok"),
        ("second", "Second", "unused"),
    ]


def test_a_vendor_without_the_interval_is_not_asked():
    daily, minutes = Vendor("daily", "ACME"), Vendor("minutes", "ACME", intervals=(MINUTE,))
    desk = Desk(daily, minutes)
    assert (desk.source_of("ACME", MINUTE), daily.calls) == ("minutes", 0)
    with pytest.raises(NotOffered, match="no vendor offers bars of 5m"):
        desk.source_of("ACME", Interval(5, "m"))


def test_a_symbol_one_vendor_does_not_know_is_asked_of_the_next_and_is_not_held_against_it():
    desk = Desk(Vendor("first"), Vendor("second", "ACME"))
    assert desk.source_of("ACME") == "second"
    assert [each.state for each in desk.vendors.health()] == ["ok", "ok"]


def told(*errors: ProviderError) -> ProviderError:
    vendors = [Vendor(error.provider, error=error) for error in errors]
    with pytest.raises(ProviderError) as caught:
        Desk(*vendors).source_of("ACME")
    return caught.value


def test_when_all_fail_the_most_telling_failure_is_raised_and_the_others_are_its_notes():
    unknown, offered = UnknownSymbol("b", "ACME"), NotOffered("c", "no such range.")
    down, bad, barred = Unreachable("d", "no answer."), BadResponse("e", "HTTP 500."), NotEntitled("f", "paid plan.")
    assert isinstance(told(limited(9, "a"), unknown, offered), UnknownSymbol)
    assert isinstance(told(offered, barred, limited(9, "a"), down), RateLimited)
    assert isinstance(told(offered, barred, bad, down), Unreachable)
    assert isinstance(told(offered, barred, bad), BadResponse)
    assert isinstance(told(offered, barred), NotEntitled)
    assert told(offered, Unreachable("g", "no answer.")).__notes__ == ["c: no such range."]


def test_of_several_rate_limits_the_one_that_ends_first_is_told():
    error = told(limited(900, "a"), limited(60, "b"), limited(3600, "c"))
    assert isinstance(error, RateLimited)
    assert (error.provider, error.retry_after) == ("b", 60)


def test_of_what_waiting_mends_the_soonest_is_told():
    down, bad, day = Unreachable("b", "no answer."), BadResponse("c", "HTTP 500."), limited(8 * 3600, "a")
    assert isinstance(told(day, bad, down), Unreachable)
    assert isinstance(told(day, bad), BadResponse)
    assert isinstance(told(limited(600, "a"), bad), RateLimited)
    assert told(day, BadResponse("c", "HTTP 500.")).__notes__ == [str(day)]


def test_a_vendor_that_asked_for_a_pause_is_left_alone_until_it_is_over_even_after_a_restart():
    store, vendor = InMemory(), Vendor("first", "ACME", error=limited(3600))
    with pytest.raises(RateLimited):
        Desk(vendor, store=store).source_of("ACME")
    vendor.error = None
    desk = Desk(vendor, store=store)
    with pytest.raises(RateLimited, match=r"rate-limited \(too many requests\), next try 13:00 UTC") as caught:
        desk.source_of("ACME")
    assert (caught.value.retry_after, vendor.calls) == (3600, 1)
    health = desk.vendors.health()[0]
    assert (health.state, health.detail, health.next_try) == (
        "rate_limited",
        "too many requests",
        NOON + timedelta(hours=1),
    )
    desk.now += timedelta(hours=1)
    assert desk.vendors.health()[0].state == "unused"
    assert desk.source_of("ACME") == "first"
    assert desk.vendors.health()[0].state == "ok"


def test_a_vendor_that_did_not_answer_rests_for_half_a_minute():
    vendor = Vendor("first", "ACME", error=Unreachable("first", "no answer from host."))
    desk = Desk(vendor)
    for _ in range(3):
        with pytest.raises(Unreachable, match="no answer from host"):
            desk.source_of("ACME")
    assert (vendor.calls, desk.vendors.health()[0].next_try) == (1, NOON + timedelta(seconds=30))
    vendor.error, desk.now = None, NOON + timedelta(seconds=30)
    assert desk.source_of("ACME") == "first"


def test_quotes_a_vendor_does_not_know_come_from_the_next_in_the_order_asked():
    desk = Desk(Vendor("down", error=Unreachable("down", "no answer.")), Vendor("a", "X", "Z"), Vendor("b", "X", "Y"))
    quotes = desk.vendors.quotes(["Y", "Z", "NONE", "X"])
    assert quotes.select("symbol", "source").rows() == [("Y", "b"), ("Z", "a"), ("X", "a")]
    assert dict(quotes.schema) == dict(QUOTES)
    assert desk.vendors.quotes([]).height == 0
    with pytest.raises(Unreachable):
        Desk(Vendor("down", error=Unreachable("down", "no answer."))).vendors.quotes(["X"])


def test_a_search_ends_at_the_first_vendor_that_finds_something():
    failing, empty, full = Vendor("failing", error=limited(9, "failing")), Vendor("empty"), Vendor("full", "ACME")
    assert Desk(failing, empty, full).vendors.search("AC")["source"].to_list() == ["full"]
    assert Desk(failing, empty).vendors.search("AC").height == 0
    with pytest.raises(RateLimited):
        Desk(failing).vendors.search("AC")


def test_the_actions_beside_bars_come_from_the_vendor_of_the_bars_and_reach_until_today():
    desk = Desk(Vendor("first", "ACME"), Vendor("second", "ACME"))
    bars = frame_of(BARS, [{"symbol": "ACME", "ts": NOON - timedelta(days=9), "source": "second"}])
    actions = desk.vendors.actions_beside("ACME", bars)
    assert actions.select("source", "ex_date").rows() == [("second", date(2026, 11, 10))]
    assert desk.vendors.actions_beside("ACME", bars.clear()).height == 0
    assert desk.vendors.actions("ACME", date(2026, 1, 1), date(2026, 2, 1))["source"].to_list() == ["first"]


def test_a_wrong_argument_is_nobodys_failure():
    class Strict(Vendor):
        def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
            raise InvalidInput("start", "no zone.")

    desk = Desk(Strict("first"), Vendor("second", "ACME"))
    with pytest.raises(InvalidInput):
        desk.source_of("ACME")
    assert desk.vendors.health()[0].state == "unused"


def test_a_real_refusal_stops_the_calls_before_they_reach_the_vendor():
    store, later = InMemory(), NOON + timedelta(minutes=1)
    with vendor(lambda _: Answer("Too Many Requests", 429, {"Retry-After": "7200"})) as server:
        for now in (NOON, later):  # a restart between the two
            budget, clock = Budget(store), partial(lambda at: at, now)
            wire = Browser("yahoo", server.url)
            yahoo = Yahoo(Metered(wire, budget, Yahoo.capabilities, clock), clock)
            desk = Ordered(bars=[yahoo], budget=budget, clock=clock)
            with pytest.raises(RateLimited) as caught:
                desk.bars("ACME", DAY, START, NOON)
            wire.close()
        assert len(server.asked) == 1
    assert caught.value.retry_after == 7140
    assert str(caught.value) == (
        "yahoo: rate-limited (too many requests; the last asked about ACME), next try 14:00 UTC."
    )
    assert [(each.state, each.remaining[0].left) for each in desk.health()] == [("rate_limited", 60)]


def test_health_tells_what_is_left_of_the_budget():
    desk = Desk(vendor := Vendor("first", "ACME"))
    desk.budget.take(vendor.capabilities, NOON)
    assert [each.left for each in desk.vendors.health()[0].remaining] == [2]

"""What was missed is fetched by symbol; what cannot be had now is asked for again, and what never can is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

import apart
from openbell.ingest.gaps import Coverage, Gap, Healer, was_open
from openbell.model.errors import OpenbellError, RateLimited, StoreError, UnknownSymbol, Unreachable

MONDAY = datetime(2026, 3, 2, 15, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Vendor:
    """A clock, and a vendor with minutes: answers in turn per symbol, the last one again for all after it."""

    answers: dict[str, Sequence[OpenbellError | datetime | None]]
    now: datetime = MONDAY
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    healed: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    healing: int = 0
    sleeping: list[datetime] = field(default_factory=list)

    def heal(self, gap: Gap) -> bool:
        return all(self.heal_all(gap))

    def heal_all(self, *gaps: Gap) -> list[bool]:
        """Heal each gap beginning with its end, whatever still waits then."""

        async def main() -> list[bool]:
            healer = Healer(
                self._fetch, self._mark, clock=lambda: self.now, sleep=self._sleep, venue_of=lambda _symbol: "XNYS"
            )

            async def heal(gap: Gap) -> bool:
                try:
                    await self._sleep((gap.end - self.now).total_seconds())
                    return await healer.heal(gap, self.told.append)
                finally:
                    self.healing -= 1

            self.healing = len(gaps)
            return await asyncio.gather(*map(heal, gaps))

        return apart.run(main())

    def _fetch(self, symbol: str, start: datetime, end: datetime) -> datetime | None:
        nth = sum(asked == symbol for asked, _ in self.asked)
        self.asked.append((symbol, self.now))
        answers = self.answers[symbol]
        answer = answers[min(nth, len(answers) - 1)]
        if isinstance(answer, OpenbellError):
            raise answer
        return answer

    def _mark(self, symbols: Iterable[str], start: datetime, end: datetime) -> None:
        self.healed += [(symbol, start, end) for symbol in symbols]

    async def _sleep(self, seconds: float) -> None:
        """Time goes on once all sleep."""
        due = self.now + timedelta(seconds=seconds)
        self.sleeping.append(due)
        while self.now < due:
            if len(self.sleeping) == self.healing:
                self.now = max(self.now, min(self.sleeping))
            await asyncio.sleep(0)
        self.sleeping.remove(due)


START, END = MONDAY.replace(second=0), MONDAY.replace(second=0) + 3 * MINUTE
LAST = END - MINUTE


def gap(*symbols: str) -> Gap:
    return Gap("yahoo", symbols, START + timedelta(seconds=20), LAST + timedelta(seconds=40))


def test_a_symbol_that_nobody_knows_keeps_no_other_from_being_healed():
    vendor = Vendor({"AAA": [UnknownSymbol("yahoo", "AAA")], "BBB": [LAST], "CCC": [LAST]})
    assert not vendor.heal(gap("AAA", "BBB", "CCC"))
    assert vendor.healed == [("BBB", START, END), ("CCC", START, END)]
    assert [symbol for symbol, _ in vendor.asked] == ["AAA", "BBB", "CCC"]
    missed = "What was missed of AAA from 15:00:20 to 15:02:40 UTC is not there:"
    assert vendor.told == [f"{missed} yahoo: no such symbol: AAA. Check the spelling, or search for the name."]


def test_what_is_limited_or_unreachable_is_asked_for_again():
    limited = RateLimited("yahoo", "wait.", retry_after=300)
    vendor = Vendor({"AAA": [limited, Unreachable("yahoo", "no answer."), LAST], "BBB": [LAST]})
    assert vendor.heal(gap("AAA", "BBB"))
    settled = END + timedelta(seconds=5)
    assert vendor.asked == [
        ("AAA", settled),
        ("BBB", settled),
        ("AAA", settled + 5 * MINUTE),
        ("AAA", settled + 7 * MINUTE),
    ]
    assert vendor.healed == [("BBB", START, END), ("AAA", START, END)]
    sentence = "What was missed of AAA from 15:00:20 to 15:02:40 UTC is not there:"
    assert vendor.told == [
        f"{sentence} yahoo: wait. Next try at 15:08 UTC.",
        f"{sentence} yahoo: no answer. Next try at 15:10 UTC.",
        "",
    ]


def test_what_a_delayed_vendor_does_not_tell_yet_stays_as_it_was_heard():
    vendor = Vendor({"AAA": [None, LAST], "BBB": [START, START]})
    assert vendor.heal(gap("AAA", "BBB"))
    assert vendor.healed == [("BBB", START, START + MINUTE), ("AAA", START, END), ("BBB", START, START + MINUTE)]
    assert vendor.asked[-1][1] == END + timedelta(minutes=20)


def test_a_line_that_is_cut_again_and_again_asks_for_each_symbol_once_in_five_minutes():
    vendor = Vendor({symbol: [datetime.max.replace(tzinfo=UTC) - MINUTE] for symbol in ("AAA", "BBB")})
    cuts = [START + timedelta(seconds=second) for second in (10, 15, 40, 70, 130, 200, 310)]
    gaps = [Gap("yahoo", ("AAA", "BBB"), cut, cut + timedelta(seconds=2)) for cut in cuts]
    assert vendor.heal_all(*gaps) == [True] * len(cuts)
    first, then = START + timedelta(seconds=65), START + timedelta(seconds=365)
    assert vendor.asked == [("AAA", first), ("BBB", first), ("AAA", then), ("BBB", then)]
    assert vendor.healed[::2] == [("AAA", START, START + MINUTE), ("AAA", START + MINUTE, START + 6 * MINUTE)]


def test_a_whole_minute_that_was_missed_is_healed_at_once():
    vendor = Vendor({"AAA": [LAST, LAST + 2 * MINUTE]})
    later = Gap("yahoo", ("AAA",), END + timedelta(seconds=5), END + timedelta(seconds=70))
    assert vendor.heal_all(gap("AAA"), later) == [True, True]
    assert [at for _, at in vendor.asked] == [END + timedelta(seconds=5), END + timedelta(seconds=125)]


def test_a_gap_that_cannot_be_stored_for_a_day_is_given_up():
    vendor = Vendor({"AAA": [StoreError("The disk is full.")]})
    assert not vendor.heal(gap("AAA"))
    assert timedelta(days=1) < vendor.now - END < timedelta(days=1, hours=1)
    assert vendor.healed == []


@pytest.mark.parametrize(
    ("venue", "start", "hours", "open_"),
    [
        ("XLON", datetime(2026, 3, 2, 17, 30, tzinfo=UTC), 24, True),  # all of Tuesday was missed
        ("XTKS", datetime(2026, 3, 2, 20, tzinfo=UTC), 24, True),
        ("XLON", datetime(2026, 2, 27, 22, tzinfo=UTC), 68, True),  # Friday night to Monday evening
        ("XLON", datetime(2026, 2, 27, 22, tzinfo=UTC), 48, False),  # a weekend
        ("XNYS", datetime(2026, 3, 2, 10, tzinfo=UTC), 1, True),  # extended hours
        ("24/7", datetime(2026, 2, 28, 3, tzinfo=UTC), 1, True),
    ],
)
def test_a_gap_matters_where_a_session_overlaps_it(venue: str, start: datetime, hours: int, open_: bool):
    assert was_open(venue, start, start + timedelta(hours=hours)) is open_


def test_a_gap_begins_where_any_feed_has_heard_the_symbol_last():
    coverage = Coverage(MONDAY - timedelta(hours=1))
    coverage.follow(["AAA", "BBB"], MONDAY)
    coverage.heard(["AAA"], MONDAY + MINUTE)
    coverage.follow(["AAA", "BBB", "NEW"], MONDAY + 2 * MINUTE)
    now = MONDAY + 5 * MINUTE
    assert coverage.gaps("yahoo", ["NEW", "BBB", "AAA"], now) == [
        Gap("yahoo", ("BBB",), MONDAY - timedelta(hours=1), now),
        Gap("yahoo", ("AAA",), MONDAY + MINUTE, now),
        Gap("yahoo", ("NEW",), MONDAY + 2 * MINUTE, now),
    ]
    assert coverage.gaps("yahoo", ["AAA"], MONDAY) == [Gap("yahoo", ("AAA",), MONDAY, MONDAY)]  # the clock was set back

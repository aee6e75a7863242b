"""What the lake says to one book: each instrument is read once while the lake, and what it is said to be, stay so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from openbell.books.prices import actions_of, closes_of, rates_of
from openbell.desk import Desk
from openbell.portfolio.book import Action, Closes, Facts, RateSeries


class Market:
    """Prices, actions and rates of one `version` of the lake, as they were `known` at an instant."""

    def __init__(self, desk: Desk, version: object, known: datetime | None) -> None:
        self.version = version
        self._desk, self._known = desk, known
        self._stretch = (date.min, date.min)
        self._closes: dict[Facts, Closes | None] = {}
        self._actions: dict[Facts, list[Action]] = {}
        self._rates: tuple[object, tuple[RateSeries, ...]] = (None, ())

    def closes(self, facts: Sequence[Facts], first: date, last: date) -> dict[str, Closes]:
        """As `closes_of`."""
        if self._stretch != (first, last):
            self._stretch, self._closes = (first, last), {}
        if missing := [each for each in facts if each not in self._closes]:
            found = closes_of(self._desk, missing, first, last, self._known)
            self._closes |= {each: found.get(each.id) for each in missing}
        return {each.id: closes for each in facts if (closes := self._closes[each]) is not None}

    def actions(self, facts: Mapping[str, Facts]) -> list[Action]:
        """As `actions_of`."""
        if missing := [key for key, each in facts.items() if each not in self._actions]:
            self._actions |= {facts[key]: [] for key in missing}
            for each in actions_of(self._desk, missing, facts, self._known):
                self._actions[facts[each.instrument]].append(each)
        found = [action for each in facts.values() for action in self._actions[each]]
        return sorted(found, key=lambda each: (each.ex_date, each.instrument, each.kind))

    def rates(self, base: str, currencies: Collection[str], first: date, last: date) -> tuple[RateSeries, ...]:
        """As `rates_of`."""
        asked = base, frozenset(currencies), first, last
        if self._rates[0] != asked:
            self._rates = asked, rates_of(self._desk, base, currencies, first, last, self._known)
        return self._rates[1]

"""Several vendors as one: asked in order, each given up on for what it cannot do, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Literal, TypeVar

import polars as pl

from openbell.model.errors import (
    BadResponse,
    NotEntitled,
    NotOffered,
    ProviderError,
    RateLimited,
    UnknownSymbol,
    Unreachable,
)
from openbell.model.frames import ACTIONS, MATCHES, QUOTES, frame_of
from openbell.model.interval import Interval
from openbell.providers.base import (
    ActionSource,
    BarSource,
    Capabilities,
    InstrumentSource,
    Provider,
    QuoteSource,
    SymbolSearch,
)
from openbell.providers.budget import Budget, Remaining, Spent, clock_time

HealthState = Literal["ok", "rate_limited", "not_entitled", "unreachable", "bad", "unused"]
Source = TypeVar("Source", bound=Provider)

REST = timedelta(seconds=30)
"""How long a vendor that did not answer is left alone, so that a desk without a network does not wait at every call."""

PASSES: tuple[tuple[type[ProviderError], timedelta], ...] = (
    (Unreachable, REST),
    (BadResponse, timedelta(hours=1)),
)
"""After how long something else than a rate limit may be over by itself."""

TELLING = ((UnknownSymbol,), (RateLimited, Unreachable, BadResponse), (NotEntitled,), (NotOffered,))
"""Which failure the caller hears of when all failed: an answer, then what waiting mends, then what it does not."""


@dataclass(frozen=True, slots=True)
class Health:
    """What became of the last calls to one vendor; `detail` is its last failure as a sentence."""

    name: str
    title: str
    state: HealthState = "unused"
    detail: str = ""
    last_ok: datetime | None = None
    next_try: datetime | None = None
    remaining: tuple[Remaining, ...] = ()


class Ordered:
    """Vendors in the order they are asked, per kind of data.

    The next one is asked where a vendor is rate-limited, not entitled, unreachable, wrong, does not offer the kind or
    the range, or does not know the symbol. The `source` column of a frame tells who answered.
    """

    def __init__(
        self,
        *,
        bars: Sequence[BarSource] = (),
        quotes: Sequence[QuoteSource] = (),
        actions: Sequence[ActionSource] = (),
        search: Sequence[SymbolSearch] = (),
        instruments: Sequence[InstrumentSource] = (),
        budget: Budget,
        clock: Callable[[], datetime],
    ) -> None:
        self._bars, self._quotes, self._actions, self._search = (
            tuple(bars),
            tuple(quotes),
            tuple(actions),
            tuple(search),
        )
        self._instruments = tuple(instruments)
        self._budget = budget
        self._clock = clock
        self._lock = Lock()
        everyone: tuple[Provider, ...] = (
            *self._bars,
            *self._quotes,
            *self._actions,
            *self._search,
            *self._instruments,
        )
        self._capabilities = {each.capabilities.name: each.capabilities for each in everyone}
        self._health = {name: Health(name, each.title) for name, each in self._capabilities.items()}

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """BARS of the first vendor that delivers; raises the ProviderError that says most when none does."""
        able = [each for each in self._bars if interval in each.capabilities.bars]
        return self._first(able, lambda each: each.bars(symbol, interval, start, end), f"bars of {interval}")

    def actions(self, symbol: str, start: date, end: date) -> pl.DataFrame:
        """ACTIONS of the first vendor that delivers; raises the ProviderError that says most when none does."""
        return self._first(self._actions, lambda each: each.actions(symbol, start, end), "splits and dividends")

    def actions_beside(self, symbol: str, bars: pl.DataFrame) -> pl.DataFrame:
        """ACTIONS from the first of `bars` until today, by choice from the vendor that delivered them.

        Later ones belong to them too: they say how the bars look on today's scale. Empty where nobody has any actions.
        """
        if bars.is_empty() or not self._actions:
            return frame_of(ACTIONS)
        source = bars["source"][0]
        by_choice = sorted(self._actions, key=lambda each: each.capabilities.name != source)
        first: date = bars.select(pl.col("ts").min().dt.date()).item()
        # A bar's UTC date and its trade date are at most a day apart.
        start, end = first - timedelta(days=1), self._clock().date() + timedelta(days=1)
        return self._first(by_choice, lambda each: each.actions(symbol, start, end), "splits and dividends")

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        """QUOTES in the order asked; symbols that one vendor does not know are asked of the next.

        Raises the ProviderError that says most when no vendor answered.
        """
        found: list[pl.DataFrame] = []
        missing, failures = list(symbols), list[ProviderError]()
        for source in self._quotes:
            if not missing:
                break
            try:
                quotes = self._ask(source, partial(_quotes, symbols=tuple(missing)))
            except ProviderError as error:
                failures.append(error)
            else:
                found.append(quotes)
                missing = [symbol for symbol in missing if symbol not in set(quotes["symbol"])]
        if not found and symbols:
            raise _most_telling(failures, "quotes")
        rank = {symbol: place for place, symbol in enumerate(symbols)}
        return pl.concat([frame_of(QUOTES), *found]).sort(pl.col("symbol").replace_strict(rank, return_dtype=pl.Int64))

    def search(self, text: str) -> pl.DataFrame:
        """MATCHES of the first vendor that knows any; raises the ProviderError that says most when none answered."""
        failures: list[ProviderError] = []
        for source in self._search:
            try:
                matches = self._ask(source, lambda each: each.search(text))
            except ProviderError as error:
                failures.append(error)
            else:
                if not matches.is_empty():
                    return matches
        if len(failures) == len(self._search):
            raise _most_telling(failures, "a search")
        return frame_of(MATCHES)

    def instrument(self, symbol: str) -> pl.DataFrame:
        """INSTRUMENTS of the first vendor that delivers; raises the ProviderError that says most when none does."""
        return self._first(self._instruments, lambda each: each.instrument(symbol), "facts of instruments")

    @property
    def capabilities(self) -> Capabilities:
        """As a source of quotes: whatever its vendors offer."""
        return Capabilities(name="quotes", title="Quotes, asked for", quotes=True)

    def health(self) -> tuple[Health, ...]:
        """Each vendor's health, in the order they are asked."""
        return tuple(self._health_of(name) for name in self._health)

    def _first(self, sources: Iterable[Source], call: Callable[[Source], pl.DataFrame], kind: str) -> pl.DataFrame:
        failures: list[ProviderError] = []
        for source in sources:
            try:
                return self._ask(source, call)
            except ProviderError as error:
                failures.append(error)
        raise _most_telling(failures, kind)

    def _ask(self, source: Source, call: Callable[[Source], pl.DataFrame]) -> pl.DataFrame:
        """`call` of `source`, unless it is to be left alone; its health is noted."""
        name, now = source.capabilities.name, self._clock()
        self._left_alone(name, now)
        try:
            frame = call(source)
        except UnknownSymbol:
            self._note(name, state="ok", detail="", last_ok=self._clock(), next_try=None)
            raise
        except NotOffered:
            raise
        except ProviderError as error:
            self._failed(name, error)
            raise
        self._note(name, state="ok", detail="", last_ok=self._clock(), next_try=None)
        return frame

    def _left_alone(self, name: str, now: datetime) -> None:
        """Raise what the vendor said last, while it is too early to ask again."""
        banned = self._budget.blocked(name, now)
        if banned:
            until, reason = banned
            what = f"rate-limited ({reason}), next try {clock_time(until.timestamp(), now.timestamp())}."
            raise Spent(name, what, retry_after=(until - now).total_seconds())
        health = self._health[name]
        if health.state == "unreachable" and health.next_try and now < health.next_try:
            raise Unreachable(name, health.detail.removeprefix(f"{name}: "))

    def _failed(self, name: str, error: ProviderError) -> None:
        now, next_try = self._clock(), None
        if isinstance(error, RateLimited):
            next_try = now + timedelta(seconds=error.retry_after)
            if not isinstance(error, Spent):
                self._budget.block(name, next_try, error.what.removeprefix(f"{name}: ").rstrip("."))
        elif isinstance(error, Unreachable):
            next_try = now + REST
        self._note(name, state=_state_of(error), detail=str(error), next_try=next_try)

    def _note(self, name: str, **changes: object) -> None:
        with self._lock:
            self._health[name] = replace(self._health[name], **changes)  # type: ignore[arg-type]  # fields of Health

    def _health_of(self, name: str) -> Health:
        now, health = self._clock(), self._health[name]
        remaining = self._budget.remaining(self._capabilities[name], now)
        banned = self._budget.blocked(name, now)
        if banned:  # as the store remembers it, also after a restart
            until, reason = banned
            return replace(health, state="rate_limited", detail=reason, next_try=until, remaining=remaining)
        if health.state == "rate_limited" and health.next_try and health.next_try <= now:
            return replace(health, state="ok" if health.last_ok else "unused", next_try=None, remaining=remaining)
        return replace(health, remaining=remaining)


def _quotes(source: QuoteSource, symbols: Sequence[str]) -> pl.DataFrame:
    return source.quotes(symbols)


def _state_of(error: ProviderError) -> HealthState:
    states: tuple[tuple[type[ProviderError], HealthState], ...] = (
        (RateLimited, "rate_limited"),
        (NotEntitled, "not_entitled"),
        (Unreachable, "unreachable"),
    )
    return next((state for kind, state in states if isinstance(error, kind)), "bad")


def _most_telling(failures: Sequence[ProviderError], kind: str) -> ProviderError:
    """The failure to raise; the others are its notes. Of those that waiting mends, the one that ends first: a spent day
    must not hide that another vendor may answer in a minute, nor that one has answered nonsense."""
    if not failures:
        return NotOffered("openbell", f"no vendor offers {kind}.", remedy="Add one in the settings.")

    def rank(error: ProviderError) -> tuple[int, float]:
        place = next((nth for nth, kinds in enumerate(TELLING) if isinstance(error, kinds)), len(TELLING))
        return place, _lasts_s(error)

    chosen, *others = sorted(failures, key=rank)
    for other in others:
        chosen.add_note(str(other))
    return chosen


def _lasts_s(error: ProviderError) -> float:
    if isinstance(error, RateLimited):
        return error.retry_after
    return next((lasts.total_seconds() for kind, lasts in PASSES if isinstance(error, kind)), 0.0)

"""Which instrument of the desk a file means: by its id, its ISIN, its ticker on the day, or what somebody chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from openbell.arrivals.seeking import Seeker
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.symbols import MICS, TICKER, ticker_of
from openbell.statements.draft import Named
from openbell.store.itembook import OWN, TYPES, Item, Type
from openbell.store.register import Instrument, Register

How = Literal["chosen", "id", "known", "isin", "ticker", "item", "unknown"]
"""`known`: an import into the portfolio meant it before. `unknown`: the desk has never heard of it; its ticker is taken
as it stands, if it has one."""

OWN_ITEM = "own"
"""The choice to make an item of what a file names."""

MOST_CANDIDATES = 8

LONGEST_NAME = 120
"""Of an item."""


@dataclass(frozen=True, slots=True)
class Match:
    """What an instrument of a file is here. Without `id` somebody must choose, perhaps one of the candidates."""

    named: Named
    day: date
    """The first on which the file tells of it."""
    id: str | None
    how: How
    item: Item | None = None
    """One that the import shall make; then `id` is OWN_ITEM."""
    candidates: tuple[Instrument, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.id is not None and self.how != "unknown"


def matched(
    desk: Desk,
    items: Sequence[Item],
    told: Iterable[tuple[Named, date, str]],
    chosen: Mapping[str, str],
    seeker: Seeker | None = None,
    known: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Match]:
    """By the key in the file, what each instrument is; `told`: what the file names, when, and in which currency.

    `items`: those that whoever imports may name; `known`: what imports meant before, by `names_of`. With a `seeker`,
    vendors are asked for ISINs that nobody here knows.
    """
    first: dict[str, tuple[Named, date, str]] = {}
    for named, day, currency in told:
        if named.key not in first or day < first[named.key][1]:
            first[named.key] = named, day, currency
    finder = _Finder(desk, items, known)
    found = {
        key: finder.chosen(named, day, currency, chosen[key]) if key in chosen else finder.found(named, day)
        for key, (named, day, currency) in first.items()
    }
    unknown = [each.named.isin for each in found.values() if each.how == "unknown" and each.named.isin]
    listings = seeker.seek(unknown) if seeker is not None and unknown else {}
    return {key: _listed(each, listings.get(each.named.isin, ())) for key, each in found.items()}


def _listed(match: Match, listings: Sequence[Instrument]) -> Match:
    """A match that was unknown, with the listings that a vendor has of its ISIN: one that fits the file is it."""
    if match.how != "unknown" or not listings:
        return match
    named, here = match.named, {each.id: each for each in match.candidates}
    fitting = [each for each in listings if each.ticker in _tickers(named)] or [
        each for each in listings if named.exchange and each.exchange == named.exchange.upper()
    ]
    if len(fitting) == 1:
        return Match(named, match.day, fitting[0].id, "isin")
    candidates = tuple({**{each.id: each for each in listings}, **here}.values())
    return Match(named, match.day, None, "unknown", candidates=candidates[:MOST_CANDIDATES])


_NUMBERS = ("isin ", "cusip ", "wkn ")


def names_of(named: Named) -> list[str]:
    """All that a file calls an instrument by, the surest first, each with what kind of name it is."""
    told = {"isin": named.isin, "cusip": named.cusip, "wkn": named.wkn, "ticker": named.ticker, "name": named.name}
    return [f"{kind} {' '.join(text.casefold().split())}" for kind, text in told.items() if text.strip()]


class _Finder:
    """The desk's instruments by what files call them; built once for a file."""

    def __init__(self, desk: Desk, items: Sequence[Item], known: Mapping[str, str]) -> None:
        self._desk = desk
        self._known = known
        self._register: Register = desk.history.register
        self._items = {item.name: item for item in items}
        self._by_number = {item.instrument: item for item in items}
        self._by_isin: dict[str, list[Instrument]] = {}
        for each in self._register:
            if each.isin:
                self._by_isin.setdefault(each.isin, []).append(each)

    def chosen(self, named: Named, day: date, currency: str, choice: str) -> Match:
        """What somebody said it is; raises InvalidInput where there is no such thing."""
        if choice == OWN_ITEM:
            kind: Type = next((each for each in TYPES if each == named.type), "other")
            code = named.currency or currency
            item = Item(0, self._own_name((named.name or named.key)[:LONGEST_NAME], code), code, kind)
            return Match(named, day, OWN_ITEM, "chosen", item)
        if choice.startswith(OWN):
            if choice not in self._by_number:
                raise InvalidInput("instruments", f"There is no item {choice}.", remedy="List yours with GET /items.")
            return Match(named, day, choice, "chosen")
        return Match(named, day, self._bearer(ticker_of(choice, "instruments"), day), "chosen")

    def found(self, named: Named, day: date) -> Match:
        """What it is by all that the file says of it."""
        if (ours := self._ours(named, day)) is not None:
            return ours
        same = self._by_isin.get(named.isin, []) if named.isin else []
        if len(same) == 1:
            return Match(named, day, same[0].id, "isin")
        if same:
            return self._of_several(named, day, same)
        return self._by_ticker(named, day)

    def _ours(self, named: Named, day: date) -> Match | None:
        """What it is by its number at a desk, as an item, or as imports meant it before."""
        if named.id and not named.id.startswith(OWN) and self._register.knows(named.id):
            return Match(named, day, named.id, "id")
        if (item := self._item(named)) is not None and (named.id.startswith(OWN) or not named.ticker):
            return Match(named, day, item.instrument, "item")
        if named.id.startswith(OWN):
            return self.chosen(named, day, named.currency, OWN_ITEM)
        known = self._as_before(named)
        return None if known is None else Match(named, day, known, "known")

    def _item(self, named: Named) -> Item | None:
        """The item of that name: in another currency it is another one."""
        names = (named.name, self._own_name(named.name, named.currency))
        same = (self._items[name] for name in names if name in self._items)
        return next((each for each in same if named.currency in {"", each.currency}), None)

    def _own_name(self, name: str, currency: str) -> str:
        """As an item in `currency` is called: where one in another currency bears the name, with its own behind."""
        other = self._items.get(name)
        if other is None or other.currency == currency:
            return name
        behind = f" ({currency})"
        return f"{name[: LONGEST_NAME - len(behind)]}{behind}"

    def _as_before(self, named: Named) -> str | None:
        """What an import meant by the surest name that the file tells: what bears a number is known by that alone."""
        names = names_of(named)
        sure = [name for name in names if name.startswith(_NUMBERS)] or names
        found = [self._known[name] for name in sure if name in self._known]
        there = [each for each in found if not each.startswith(OWN) or each in self._by_number]
        return there[0] if there else None

    def _of_several(self, named: Named, day: date, same: Sequence[Instrument]) -> Match:
        """Of the listings of one ISIN the one that the file's ticker or currency tells."""
        fitting = [each for each in same if each.ticker in _tickers(named)]
        fitting = fitting or [each for each in same if named.currency and each.currency == named.currency]
        if len(fitting) == 1:
            return Match(named, day, fitting[0].id, "isin")
        return Match(named, day, None, "unknown", candidates=tuple(same[:MOST_CANDIDATES]))

    def _by_ticker(self, named: Named, day: date) -> Match:
        tickers = _tickers(named)
        known = [ticker for ticker in tickers if self._desk.history.knows(ticker, day)]
        bearers = [self._register.instrument(self._bearer(ticker, day)) for ticker in known]
        fitting = [each for each in bearers if _fits(each, named)]
        if len({each.id for each in fitting}) == 1:
            return Match(named, day, fitting[0].id, "ticker")
        candidates = tuple({each.id: each for each in [*bearers, *self._named_alike(named)]}.values())
        if candidates or not tickers:
            return Match(named, day, None, "unknown", candidates=candidates[:MOST_CANDIDATES])
        return Match(named, day, self._bearer(tickers[0], day), "unknown")

    def _bearer(self, ticker: str, day: date) -> str:
        return self._register.id_of(ticker, day)

    def _named_alike(self, named: Named) -> list[Instrument]:
        """Those whose name begins with the same words."""
        words = named.name.casefold().split()[:2]
        if not words:
            return []
        return [each for each in self._register if each.name and each.name.casefold().split()[: len(words)] == words]


def _tickers(named: Named) -> list[str]:
    """What a file may mean by a ticker: with the suffix of its exchange, where that is known, before it alone."""
    ticker = named.ticker.strip().upper().replace(" ", "-")
    if not TICKER.fullmatch(ticker):
        return []
    if named.type == "crypto":
        return [f"{ticker}-{named.currency or 'USD'}"] if "-" not in ticker else [ticker]
    suffix = next((suffix for suffix, mic in MICS.items() if named.exchange.upper() in {mic, suffix}), None)
    if suffix is not None and not ticker.endswith(f".{suffix}"):
        return [f"{ticker}.{suffix}"]
    return [ticker]


def _fits(instrument: Instrument, named: Named) -> bool:
    """Whether nothing that the file says contradicts what the register knows."""
    return not (named.isin and instrument.isin and named.isin != instrument.isin)

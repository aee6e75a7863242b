"""The prices and rates of a book, out of the lake and of what people said: closes as traded, sessions, last prices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl

from openbell.books.facts import currency_of, traded_in
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.interval import DAY
from openbell.model.money import PARTS
from openbell.model.sessions import EXCHANGES, LONGEST_PAUSE, sessions
from openbell.portfolio.book import Action, Closes, Converted, Days, Facts, Input, Quote, RateSeries
from openbell.portfolio.book import said as decimal
from openbell.portfolio.prices import NO_CLOSES
from openbell.portfolio.rates import Rates
from openbell.portfolio.why import of_rate
from openbell.store.itembook import SetFacts
from openbell.store.pricebook import HandPrices
from openbell.store.register import Register

Prices = npt.NDArray[np.float64]

HAND = "by hand"
"""The source of a price that somebody typed."""

SETTLED = timedelta(hours=20)
"""How long after a session its close may still be on its way: the nightly upkeep brings it."""

BEFORE = timedelta(days=14)
"""Prices and rates are read from before the first transaction, for those days that have none."""


def closes_of(desk: Desk, facts: Iterable[Facts], first: date, last: date, known: datetime | None) -> dict[str, Closes]:
    """The closes as traded of the instruments with `facts`, in their currency, from before `first` to `last`."""
    named = {each.id: each for each in facts}
    rows = _daily(desk, sorted(named), first - BEFORE, last, known)
    now = desk.clock() if known is None else min(known, desk.clock())
    calendars: dict[str, _Calendar] = {}
    for venue in {venue_of(desk.history.register, each) for each in named.values()}:
        calendars[venue] = _Calendar(venue, first, last, now)
    return {
        key: closes
        for (key,), mine in rows.partition_by("symbol", as_dict=True, maintain_order=True).items()
        if (closes := _closes(desk, named[str(key)], mine, calendars, last, known)) is not None
    }


def hand_closes(told: Sequence[tuple[date, Decimal]], last: date) -> Closes:
    """What the owner of an item said it was worth, up to `last`."""
    kept = [(day, price) for day, price in told if day <= last]
    days = np.array([day for day, _ in kept], dtype="datetime64[D]")
    return Closes(days, np.array([float(price) for _, price in kept], dtype=np.float64), HAND)


def with_hand_prices(
    closes: Mapping[str, Closes], said: Mapping[str, tuple[Facts, HandPrices]], rates: Iterable[RateSeries], last: date
) -> dict[str, Closes]:
    """`closes`, with what was said up to `last` of instruments, in the currency of their facts by the day's rate."""
    lookup = Rates(rates if list(otherwise(said.values())) else ())
    by_hand = {key: _in_theirs(facts.currency, told, lookup, last) for key, (facts, told) in said.items()}
    return {**closes, **{key: replace(closes.get(key, NO_CLOSES), by_hand=each) for key, each in by_hand.items()}}


def otherwise(said: Iterable[tuple[Facts, HandPrices]]) -> Iterator[tuple[date, str]]:
    """The days of prices that were said in another currency than that of the facts, and which."""
    for facts, told in said:
        for day, each in told.items():
            if each.currency is not None and facts.currency not in {None, each.currency}:
                yield day, each.currency


def _in_theirs(currency: str | None, told: HandPrices, rates: Rates, last: date) -> Closes:
    """In `currency`; where nobody knows that, as they were said."""
    prices, converted = list[tuple[date, Decimal]](), dict[date, Converted]()
    for day, each in told.items():
        if currency is None or each.currency in {None, currency}:
            prices.append((day, each.price))
            continue
        code = each.currency or ""
        rate = rates.rate(code, currency, day)
        known = None if rate.value is None else of_rate(rate)
        converted[day] = Converted(Input("price as it was said", decimal(each.price), code, day, HAND), known)
        prices += [] if rate.value is None else [(day, each.price * rate.value)]
    return replace(hand_closes(prices, last), converted=converted)


def known_in(desk: Desk, instrument: str, told: SetFacts | None) -> str | None:
    """The currency that an instrument is priced in: what the desk knows, else what its owner has `told`."""
    return traded_in(desk, instrument) or (told.currency if told is not None else None)


def priced_in(desk: Desk, instrument: str, told: SetFacts | None) -> str:
    """As `known_in`; raises InvalidInput where nobody knows."""
    if (code := known_in(desk, instrument, told)) is None:
        raise InvalidInput(
            "currency",
            f"Nobody knows what {desk.history.register.instrument(instrument).ticker} is traded in.",
            remedy="Say its currency first, among the facts of it.",
        )
    return code


def rates_of(
    desk: Desk, base: str, currencies: Collection[str], first: date, last: date, known: datetime | None
) -> tuple[RateSeries, ...]:
    """What the desk knows of the rates among `currencies`, `base` and the US dollar."""
    wanted = sorted({base, "USD", *currencies})
    register = desk.history.register
    pairs = {
        register.id_of(pair_of(one, other)): (one, other) for one, other in product(wanted, wanted) if one != other
    }
    rows = _daily(desk, sorted(pairs), first - BEFORE, last, known)
    if not desk.demo:  # what it invented while it was open is no rate
        rows = rows.filter(pl.col("source") != desk.simulated.capabilities.name)
    return tuple(
        RateSeries(*pairs[str(key)], *_columns(mine), source=_sources(mine))
        for (key,), mine in rows.partition_by("symbol", as_dict=True, maintain_order=True).items()
    )


def pair_of(base: str, quote: str) -> str:
    """The ticker of a pair of currencies: what one `base` costs in `quote`."""
    return f"{base}{quote}=X"


def actions_of(desk: Desk, ids: Sequence[str], facts: Mapping[str, Facts], known: datetime | None) -> list[Action]:
    """What the desk knows of splits, spin-offs and dividends, oldest first, in currencies rather than their parts."""
    if not ids:
        return []
    rows = desk.lake.actions(ids, as_of=known).sort("ex_date", "symbol", "kind")
    return [_action(row, facts[row["symbol"]]) for row in rows.iter_rows(named=True)]


def quotes_of(desk: Desk, facts: Iterable[Facts], closes: Mapping[str, Closes]) -> dict[str, Quote]:
    """The last prices of those instruments that have traded since their last close."""
    named = {each.ticker: each for each in facts}
    live = dict(desk.tape.latest(list(named)))
    if desk.demo:
        live |= {row["symbol"]: row for row in desk.simulated.quotes(list(named)).iter_rows(named=True)}
    found = {}
    for ticker, row in live.items():
        each, price, at = named[ticker], row["price"], row["ts"]
        if not isinstance(price, float) or not isinstance(at, datetime):
            continue
        day, held = _trade_date(venue_of(desk.history.register, each), at), closes.get(each.id)
        if held is not None and held.days.size and np.datetime64(day) <= held.days[-1]:
            continue
        found[each.id] = Quote(_whole(desk, each, price), day, str(row["source"]), at.astimezone(UTC).isoformat())
    return found


def venue_of(register: Register, facts: Facts) -> str:
    """The exchange whose sessions an instrument goes by; where none is known, New York's."""
    found = facts.exchange or register.exchange_of(facts.ticker)
    return found if found is not None and found in EXCHANGES else "XNYS"


def _daily(desk: Desk, ids: Sequence[str], first: date, last: date, known: datetime | None) -> pl.DataFrame:
    start, end = _midnight(first), _midnight(last) + timedelta(days=1)
    rows = desk.lake.bars(ids, DAY, start, end, as_of=known)
    return rows.filter(pl.col("close").is_finite() & (pl.col("close") > 0))


class _Calendar:
    """The sessions of a venue that are over by `now`."""

    def __init__(self, venue: str, first: date, last: date, now: datetime) -> None:
        over = sessions(venue, first - BEFORE, last).filter(pl.col("close") <= now)
        self._days: Days = over["trade_date"].to_numpy().astype("datetime64[D]")
        self._settled = int((over["close"] + SETTLED <= now).sum())
        self._told: dict[tuple[date, ...], Days] = {}

    @property
    def last(self) -> date | None:
        """The newest."""
        newest: date | None = self._days[-1].item() if self._days.size else None
        return newest

    def expected(self, closes: Days) -> Days:
        """Those that have a close by now, or should; the same array for instruments with the same."""
        late = self._days[self._settled :]
        came = late[np.isin(late, closes)]
        key = tuple(came.tolist())
        if key not in self._told:
            self._told[key] = np.concatenate([self._days[: self._settled], came])
        return self._told[key]


def _closes(
    desk: Desk,
    facts: Facts,
    rows: pl.DataFrame,
    calendars: Mapping[str, _Calendar],
    last: date,
    known: datetime | None,
) -> Closes | None:
    """Of one instrument's rows those that are as traded, of sessions that are over; None where none is left."""
    calendar = calendars[venue_of(desk.history.register, facts)]
    days, prices = _columns(_as_traded(desk, facts.id, rows, known))
    over = days <= np.datetime64(calendar.last or last)
    if not over.any():
        return None
    days, prices = days[over], prices[over]
    return Closes(days, _scaled(prices, _part(desk, facts)), _sources(rows), calendar.expected(days))


def _as_traded(desk: Desk, key: str, rows: pl.DataFrame, known: datetime | None) -> pl.DataFrame:
    """Without those that are adjusted for something that came later."""
    if (rows["scale"] == "raw").all():
        return rows
    splits = desk.lake.actions([key], as_of=known).filter(pl.col("kind") != "dividend")["ex_date"]
    newest = splits.max()
    plain = pl.col("scale") == "raw"
    if newest is None:
        return rows.filter(plain | (pl.col("scale") == "split"))
    return rows.filter(plain | ((pl.col("scale") == "split") & (pl.col("ts").dt.date() >= pl.lit(newest))))


def _columns(rows: pl.DataFrame) -> tuple[Days, Prices]:
    days = rows["ts"].dt.date().to_numpy().astype("datetime64[D]")
    return days, rows["close"].to_numpy().astype(np.float64)


def _sources(rows: pl.DataFrame) -> str:
    return ", ".join(sorted(rows["source"].unique()))


def _part(desk: Desk, facts: Facts) -> Decimal:
    """What part of its currency an instrument's prices are told in: London's are pence."""
    return _part_told(desk.history.register.instrument(facts.id).currency)


def _part_told(told: str | None) -> Decimal:
    return PARTS[told][1] if told is not None and told in PARTS else Decimal(1)


def _scaled(prices: Prices, part: Decimal) -> Prices:
    """Exactly, as decimals, so that 1234.5 pence are 12.345 pounds."""
    if part == 1:
        return prices
    return np.array([float(Decimal(repr(price)) * part) for price in prices.tolist()], dtype=np.float64)


def _whole(desk: Desk, facts: Facts, price: float) -> Decimal:
    return Decimal(repr(price)) * _part(desk, facts)


def _trade_date(venue: str, at: datetime) -> date:
    """The session that an instant belongs to: the last that had begun by then."""
    begun = sessions(venue, at.date() - LONGEST_PAUSE, at.date() + timedelta(days=1)).filter(pl.col("pre") <= at)
    return at.date() if begun.is_empty() else begun["trade_date"].item(-1)


def _action(row: Mapping[str, object], facts: Facts) -> Action:
    """As a book has it: of a spin-off the part of the cost that leaves, where the lake has what divides prices."""
    ratio, amount = _exact(row["ratio"]), _exact(row["amount"])
    told = str(row["currency"] or "") or facts.currency
    part = _part_told(told)
    kind = str(row["kind"])
    return Action(
        instrument=str(row["symbol"]),
        ex_date=row["ex_date"],  # type: ignore[arg-type]  # a date, by the schema of ACTIONS
        kind="spin_off" if kind == "spinoff" else "split" if kind == "split" else "dividend",
        source=str(row["source"]),
        ratio=None if ratio is None else 1 - 1 / ratio if kind == "spinoff" else ratio,
        amount=None if amount is None else amount * part,
        currency=currency_of(told),
    )


def _exact(number: object) -> Decimal | None:
    return Decimal(repr(number)) if isinstance(number, float) else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

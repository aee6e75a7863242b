"""Figures of a list's symbols beside their price: what changed over a month or a year, and how risky the year was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

from openbell.bars.indicators import periods_per_year
from openbell.bars.standing import bases, last_year, ranges, risks
from openbell.board import Quote
from openbell.desk import Desk
from openbell.history.stretch import Range, start_of
from openbell.model.interval import DAY
from openbell.model.sessions import sessions
from openbell.store.register import Instrument

SPANS: Final[tuple[Range, ...]] = ("5D", "1M", "3M", "YTD", "1Y")

DAY_LENGTH = timedelta(days=1)
READ = timedelta(days=400)
"""A year, and the closes before it."""


@dataclass(frozen=True, slots=True)
class Change:
    """Since the last close before a span began, of the day `since`; split-adjusted, without dividends."""

    since: date
    close: float
    change_pct: float


@dataclass(frozen=True, slots=True)
class Risk:
    """Of the fifty-two weeks up to the newest day, from the first that there is on (`since`).

    `volatility` (a year's) and `max_drawdown` are fractions; like `beta` they are of the `returns` of days that are
    over, and None where those are too few.
    """

    since: date
    low: float | None
    high: float | None
    volatility: float | None
    max_drawdown: float | None
    beta: float | None
    returns: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one symbol, as it was asked."""

    symbol: str
    changes: Mapping[Range, Change]
    """Only of spans that the stored days reach back to."""
    risk: Risk | None


def figures(desk: Desk, quotes: Sequence[Quote], benchmark: Instrument) -> list[Figures]:
    """The figures of each of `quotes`, from its price and the stored days before it."""
    found: list[Figures] = []
    alike: dict[datetime, list[Quote]] = {}
    for quote in quotes:
        alike.setdefault(_end_of(quote), []).append(quote)
    for end, group in alike.items():
        instruments = {each.id: each for each in (*(quote.instrument for quote in group), benchmark)}
        days = desk.history.days(list(instruments.values()), end - READ, end).filter(pl.col("scale") == "split")
        changes, risky = _changes(days, group), _risks(days, instruments.values(), benchmark, desk.clock())
        found += [
            Figures(quote.symbol, changes.get(quote.symbol, {}), risky.get(quote.instrument.id)) for quote in group
        ]
    places = {quote.symbol: place for place, quote in enumerate(quotes)}
    return sorted(found, key=lambda each: places[each.symbol])


def _end_of(quote: Quote) -> datetime:
    """The end of the price's day."""
    day = quote.day or quote.ts.date()
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY_LENGTH


def _changes(days: pl.DataFrame, quotes: Sequence[Quote]) -> dict[str, dict[Range, Change]]:
    """By symbol and span; the chart of a span measures from the same close."""
    prices = {quote.symbol: quote.price for quote in quotes}
    begun: dict[tuple[str | None, datetime], dict[Range, datetime]] = {}  # many quotes are of one exchange and minute
    for quote in quotes:
        key = quote.instrument.exchange, _newest(quote)
        if key not in begun:
            begun[key] = {span: start_of(quote.instrument, span, key[1]) for span in SPANS}
    starts = [
        {"asked": quote.symbol, "symbol": quote.instrument.id, "span": span, "start": start}
        for quote in quotes
        for span, start in begun[quote.instrument.exchange, _newest(quote)].items()
    ]
    found: dict[str, dict[Range, Change]] = {}
    for row in bases(days, pl.DataFrame(starts)).filter(pl.col("close") > 0).iter_rows(named=True):
        change = (prices[row["asked"]] / row["close"] - 1) * 100
        found.setdefault(row["asked"], {})[row["span"]] = Change(row["day"], row["close"], change)
    return found


def _newest(quote: Quote) -> datetime:
    """Just after the price's day, or its minute's start: sessions begin on whole minutes."""
    return _end_of(quote) if quote.day else quote.ts.replace(second=0, microsecond=0) + timedelta.resolution


def _risks(
    days: pl.DataFrame, instruments: Iterable[Instrument], benchmark: Instrument, now: datetime
) -> dict[str, Risk]:
    """By id; a day that still runs is in the range, and in nothing else."""
    year = last_year(days)
    by_exchange: dict[str, list[str]] = {}
    for instrument in instruments:
        by_exchange.setdefault(instrument.exchange or "24/7", []).append(instrument.id)
    venues = pl.concat(_venue(exchange, ids, now) for exchange, ids in by_exchange.items())
    ended = year.join(venues, on="symbol").filter(pl.col("ts").dt.date() <= pl.col("over"))
    lengths = venues.select("symbol", "periods")
    told = ranges(year).join(risks(ended, benchmark.id, lengths), on="symbol", how="left")
    return {
        row["symbol"]: Risk(
            since=row["since"],
            low=row["low"],
            high=row["high"],
            volatility=row["volatility"],
            max_drawdown=row["max_drawdown"],
            beta=row["beta"],
            returns=row["returns"] or 0,
        )
        for row in told.iter_rows(named=True)
    }


def _venue(exchange: str, ids: Sequence[str], now: datetime) -> pl.DataFrame:
    """For each of `ids`, the trade date that was over last (`over`), and how many a year has (`periods`)."""
    ended = sessions(exchange, now.date() - READ, now.date()).filter(pl.col("close") <= now)
    return pl.DataFrame({"symbol": list(ids)}).with_columns(
        over=pl.lit(ended["trade_date"].max(), dtype=pl.Date), periods=pl.lit(periods_per_year(DAY, ended))
    )

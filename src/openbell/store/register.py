"""Who bore which ticker when: the instrument register as questions over its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, count

import polars as pl

from openbell.model.frames import INSTRUMENTS, frame_of
from openbell.model.symbols import exchange_of

KNOWN = frame_of(
    INSTRUMENTS,
    [
        # Facebook, Inc. became Meta Platforms on 2022-06-09.
        {"id": "META", "ticker": "FB", "valid_to": date(2022, 6, 8)},
        {"id": "META", "ticker": "META", "valid_from": date(2022, 6, 9)},
        # On 2014-04-03 Google's class A shares took the ticker GOOGL; GOOG passed to the new class C.
        {"id": "GOOGL", "ticker": "GOOG", "valid_to": date(2014, 4, 2)},
        {"id": "GOOGL", "ticker": "GOOGL", "valid_from": date(2014, 4, 3)},
        {"id": "GOOG", "ticker": "GOOG", "valid_from": date(2014, 4, 3)},
        *({"id": ticker, "ticker": ticker} for ticker in ("AAPL", "AMZN", "MSFT", "NFLX", "NVDA")),
        {"id": "SPY", "ticker": "SPY", "exchange": "ARCX", "type": "etf"},
    ],
).with_columns(
    pl.col("exchange").fill_null("XNAS"),
    pl.lit("USD").alias("currency"),
    pl.col("type").fill_null("stock"),
    pl.lit(value=False).alias("simulated"),
    pl.lit("openbell").alias("source"),
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What the desk knows of one instrument under its newest ticker; unknown facts are None."""

    id: str
    ticker: str
    name: str | None = None
    isin: str | None = None
    exchange: str | None = None
    currency: str | None = None
    type: str | None = None
    simulated: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class _Period:
    """The dates on which an instrument bore a ticker, both included."""

    id: str
    first: date
    last: date


class Register:
    """The register's rows (INSTRUMENTS), asked by ticker and date. A value: rebuilt when rows are added."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = pl.concat([KNOWN, rows.select(*INSTRUMENTS)])
        self._newest = {row["id"]: row for row in self._periods().iter_rows(named=True)}
        self._bearers: dict[str, list[_Period]] = {}
        for row in self._rows.iter_rows(named=True):
            period = _Period(row["id"], row["valid_from"] or date.min, row["valid_to"] or date.max)
            self._bearers.setdefault(row["ticker"], []).append(period)

    def _periods(self) -> pl.DataFrame:
        """One row per id: the newest ticker, each other fact from the newest row that knows it."""
        facts = [name for name in INSTRUMENTS if name not in {"id", "ticker", "valid_from", "valid_to"}]
        by_period = self._rows.sort("valid_to", nulls_last=True, maintain_order=True)
        return by_period.group_by("id", maintain_order=True).agg(
            pl.col("ticker").last(), *(pl.col(name).drop_nulls().last() for name in facts)
        )

    def __iter__(self) -> Iterator[Instrument]:
        return map(self.instrument, self._newest)

    def id_of(self, ticker: str, on: date | None = None) -> str:
        """The id of the instrument that bore `ticker` on that date (now: whoever bears it, or bore it last).

        A ticker that the register does not know is its own id.
        """
        periods = self._bearers.get(ticker)
        if not periods:
            return ticker
        last = max(periods, key=lambda p: (p.last, p.first)).id
        return last if on is None else next((p.id for until, p in _turns(periods) if on <= until), last)

    def exchange_of(self, ticker: str) -> str | None:
        """Where the instrument that bears `ticker` trades, as far as the register or the ticker tells."""
        return self.instrument(self.id_of(ticker)).exchange or exchange_of(ticker)

    def identified(self, frame: pl.DataFrame, *, on: str = "ts") -> pl.DataFrame:
        """`frame` with `symbol` replaced by the id of the instrument that bore the ticker at `on`.

        A date after all of a ticker's periods belongs to somebody new, who has the ticker for an id where it is free.
        """
        bearers = self._bearers_by_date(frame["symbol"].unique())
        if bearers.is_empty():
            return frame
        dated = frame.select("symbol", until=pl.col(on).cast(pl.Date).fill_null(date.max)).with_row_index("row")
        named = dated.sort("until").join_asof(
            bearers.sort("until"), on="until", by="symbol", strategy="forward", check_sortedness=False
        )
        return frame.with_columns(named.sort("row").select(symbol=pl.coalesce("id", "symbol")))

    def _bearers_by_date(self, tickers: pl.Series) -> pl.DataFrame:
        """Up to which date (`until`) which instrument (`id`) bore which ticker (`symbol`), where it was not always it
        whose id is the ticker."""
        rows: list[tuple[str, date, str]] = []
        for ticker in tickers.drop_nulls():
            turns = [(until, period.id) for until, period in _turns(self._bearers.get(ticker, []))]
            if turns and turns[-1][0] < date.max:
                turns.append((date.max, self._newcomer(ticker)))
            if any(key != ticker for _, key in turns):
                rows += [(ticker, *turn) for turn in turns]
        return pl.DataFrame(rows, schema={"symbol": pl.String, "until": pl.Date, "id": pl.String}, orient="row")

    def _newcomer(self, ticker: str) -> str:
        """A free id for an instrument that bears a ticker again after all that are known of it: FB, FB.2, FB.3."""
        ids = chain([ticker], (f"{ticker}.{nth}" for nth in count(2)))
        return next(each for each in ids if each not in self._newest)

    def instrument(self, key: str) -> Instrument:
        """The instrument with id `key`; one that the register does not know has only its id and the ticker in it."""
        row = self._newest.get(key)
        if row is None:
            ticker, _, nth = key.rpartition(".")
            return Instrument(key, ticker if nth.isdigit() and ticker in self._bearers else key)
        return Instrument(
            id=key,
            ticker=row["ticker"],
            name=row["name"],
            isin=row["isin"],
            exchange=row["exchange"],
            currency=row["currency"],
            type=row["type"],
            simulated=bool(row["simulated"]),
            source=row["source"],
        )

    def knows(self, key: str) -> bool:
        """Whether there is an instrument with id `key`."""
        return key in self._newest

    def exchanges(self, ids: list[str]) -> dict[str, str]:
        """The exchange of each id whose exchange is known."""
        found = {key: self.instrument(key).exchange for key in ids}
        return {key: exchange for key, exchange in found.items() if exchange is not None}


def _turns(periods: Sequence[_Period]) -> Iterator[tuple[date, _Period]]:
    """Whose turn it is up to which date, in order of time; of two periods at once the one that began later counts.

    Dates before somebody's period are theirs when nobody else's: a vendor tells all of a history under its newest
    ticker.
    """
    starts = [p.first for p in periods]
    ends = [p.last for p in periods if p.last != date.max]
    for until in sorted({*(s - _DAY for s in starts if s != date.min), *ends, date.max}):
        bearing = [p for p in periods if p.first <= until <= p.last]
        coming = [p for p in periods if p.first > until]
        if bearing:
            yield until, max(bearing, key=lambda p: (p.first, -p.last.toordinal()))
        elif coming:
            yield until, min(coming, key=lambda p: p.first)

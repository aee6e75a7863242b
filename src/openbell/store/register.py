"""Who bore which ticker when: the instrument register as questions over its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from openbell.model.frames import INSTRUMENTS, frame_of

KNOWN_RENAMES = frame_of(
    INSTRUMENTS,
    [
        # Facebook, Inc. became Meta Platforms on 2022-06-09.
        {"id": "META", "ticker": "FB", "valid_to": date(2022, 6, 8)},
        {"id": "META", "ticker": "META", "valid_from": date(2022, 6, 9)},
        # On 2014-04-03 Google's class A shares took the ticker GOOGL; GOOG passed to the new class C.
        {"id": "GOOGL", "ticker": "GOOG", "valid_to": date(2014, 4, 2)},
        {"id": "GOOGL", "ticker": "GOOGL", "valid_from": date(2014, 4, 3)},
        {"id": "GOOG", "ticker": "GOOG", "valid_from": date(2014, 4, 3)},
    ],
).with_columns(
    pl.lit("XNAS").alias("exchange"),
    pl.lit("USD").alias("currency"),
    pl.lit("stock").alias("type"),
    pl.lit(value=False).alias("simulated"),
    pl.lit("openbell").alias("source"),
)


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


class Register:
    """The register's rows (INSTRUMENTS), asked by ticker and date. A value: rebuilt when rows are added."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = pl.concat([KNOWN_RENAMES, rows.select(*INSTRUMENTS)])
        self._newest = {row["id"]: row for row in self._periods().iter_rows(named=True)}
        self._bearers: dict[str, list[dict[str, object]]] = {}
        for row in self._rows.iter_rows(named=True):
            self._bearers.setdefault(row["ticker"], []).append(row)

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
        rows = self._bearers.get(ticker, [])
        if on is not None:
            rows = [r for r in rows if _covers(r, on)] or rows
        newest = max(rows, key=lambda r: (r["valid_to"] is None, r["valid_to"] or date.max), default=None)
        return ticker if newest is None else str(newest["id"])

    def identified(self, frame: pl.DataFrame, *, on: str = "ts") -> pl.DataFrame:
        """`frame` with `symbol` replaced by the id of the instrument that bore the ticker at `on`."""
        for ticker in frame["symbol"].unique():
            changes = [r for r in self._bearers.get(ticker, []) if r["id"] != ticker]
            for row in changes:
                first, last = row["valid_from"], row["valid_to"]
                day = pl.col(on).cast(pl.Date)
                within = (pl.col("symbol") == ticker) & day.is_between(
                    pl.lit(first or date.min), pl.lit(last or date.max)
                )
                frame = frame.with_columns(pl.when(within).then(pl.lit(row["id"])).otherwise("symbol").alias("symbol"))
        return frame

    def instrument(self, key: str) -> Instrument:
        """The instrument with id `key`; one that the register does not know has only its id."""
        row = self._newest.get(key)
        if row is None:
            return Instrument(key, key)
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

    def knows(self, ticker: str) -> bool:
        """Whether any instrument bears or bore `ticker`."""
        return ticker in self._bearers

    def exchanges(self, ids: list[str]) -> dict[str, str]:
        """The exchange of each id whose exchange is known."""
        found = {key: self.instrument(key).exchange for key in ids}
        return {key: exchange for key, exchange in found.items() if exchange is not None}


def _covers(row: dict[str, object], on: date) -> bool:
    first, last = row["valid_from"], row["valid_to"]
    return (not isinstance(first, date) or first <= on) and (not isinstance(last, date) or on <= last)

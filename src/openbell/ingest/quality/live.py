"""The checks of prices as they come: the same reasons as for imports, each row against what was heard before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import polars as pl

from openbell.ingest.quality.findings import findings_of, first_findings
from openbell.ingest.quality.hours import CLOCK, by_exchange, session_findings
from openbell.model.frames import REJECTS, TRADES, UTC, Schema, conform, frame_of
from openbell.model.interval import Interval

AHEAD = timedelta(seconds=10)
"""How far a vendor's clock may be ahead of ours."""

FAR = 10.0
"""A price so many times the last one, or a part so small of it, is not believed at once."""

BELIEVED_AFTER = 5
"""So many prices in a row that agree with each other are believed, whatever the last one was."""

INSTANT = Interval.parse("1s")

RULES: tuple[tuple[str, pl.Expr, str], ...] = (
    ("missing_stamp", pl.col("ts").is_null(), "The {} has no stamp."),
    ("missing_price", pl.col("price").is_null(), "The {} has no price."),
    ("not_finite", ~pl.col("price", "size").is_finite(), "Not a number: price {}, size {}."),
    ("not_positive", pl.col("price") <= 0, "The price is zero or less: price {}, size {}."),
    ("negative_volume", pl.col("size") < 0, "The size is negative: price {}, size {}."),
)


class LiveCheck:
    """Sorts what a stream tells into rows to believe and rows to set aside; remembers each symbol's last price."""

    def __init__(self, exchange_of: Callable[[str], str | None]) -> None:
        self._exchange_of = exchange_of
        self._last: dict[str, float] = {}
        self._doubted: dict[str, list[float]] = {}

    def believe(self, trades: pl.DataFrame) -> None:
        """Take the prices of TRADES, checked before, as the last ones."""
        if not trades.is_empty():
            self._last |= dict(trades.group_by("symbol").agg(pl.col("price").last()).iter_rows())

    def trades(self, rows: pl.DataFrame, *, now: datetime, final: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
        """TRADES to keep, and REJECTS; what traded before `final` comes too late to count."""
        if rows.is_empty():
            return rows, frame_of(REJECTS)
        numbered = rows.with_row_index("nr")
        found = [*_broken(numbered), *_untimely(numbered, now, final)]
        sound = numbered.join(pl.concat(found), on="nr", how="anti", maintain_order="left") if found else numbered
        found += self._outside(sound)
        found += self._far(sound)
        if not found:
            self.believe(rows)
            return rows, frame_of(REJECTS)
        findings = first_findings(found)
        clean = numbered.join(findings, on="nr", how="anti", maintain_order="left").select(*TRADES)
        self.believe(clean)
        return clean, _rejects(numbered, findings, TRADES)

    def quotes(self, rows: pl.DataFrame, *, now: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
        """QUOTES to keep, and REJECTS; a quote may lack its price, and may be as old as it likes."""
        if rows.is_empty():
            return rows, frame_of(REJECTS)
        numbered = rows.with_row_index("nr")
        priced = numbered.select("nr", "symbol", "ts", "price", size="volume").filter(pl.col("price").is_not_null())
        found = [
            *_broken(priced),
            *_untimely(numbered, now, None),
            *_crossed(numbered),
        ]
        sound = priced.join(pl.concat(found), on="nr", how="anti", maintain_order="left") if found else priced
        found += self._far(sound)
        if not found:
            return rows, frame_of(REJECTS)
        findings = first_findings(found)
        clean = numbered.join(findings, on="nr", how="anti", maintain_order="left").drop("nr")
        return clean, _rejects(numbered, findings, {name: rows.schema[name] for name in rows.columns})

    def _outside(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """What was printed outside every session and its extended hours."""
        symbols = rows["symbol"].unique().to_list()
        known = {s: venue for s in symbols if (venue := self._exchange_of(s)) is not None}
        for venue, there in by_exchange(rows, known):
            if venue is not None:
                yield from session_findings(venue, there, INSTANT)

    def _far(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Prices ten times off the last one, until so many agree that the last one must have been wrong."""
        if rows.is_empty():
            return
        last = pl.col("symbol").replace_strict(self._last, default=None, return_dtype=pl.Float64)
        measured = rows.with_columns(last=last).with_columns(last=pl.col("last").fill_null(_usual()))
        ratio = pl.col("price") / pl.col("last")
        far = measured.filter((ratio > FAR) | (ratio < 1 / FAR))
        if far.is_empty():
            self._doubted.clear()
            return
        odd = [
            nr for nr, symbol, price in far.select("nr", "symbol", "price").iter_rows() if self._doubt(symbol, price)
        ]
        doubted = far.filter(pl.col("nr").is_in(odd))
        sentence = pl.format("The price {} is far from the last one, {}.", "price", "last")
        for reason, chosen in _ways(ratio):
            if not (some := doubted.filter(chosen)).is_empty():
                yield findings_of(some, reason, sentence)

    def _doubt(self, symbol: str, price: float) -> bool:
        """Whether `price` is still to be doubted, beside those that were doubted right before it."""
        before = [each for each in self._doubted.get(symbol, []) if 1 / FAR < each / price < FAR]
        self._doubted[symbol] = [*before, price]
        return len(before) < BELIEVED_AFTER


def _usual() -> pl.Expr:
    """Without a last price: the median of the batch, where that is of three or more."""
    return pl.when(pl.len().over("symbol") > 2).then(pl.col("price").median().over("symbol")).otherwise("price")


def _ways(ratio: pl.Expr) -> tuple[tuple[str, pl.Expr], ...]:
    hundred, hundredth = ratio.is_between(80, 125), ratio.is_between(0.008, 0.0125)
    return ("jump_100", hundred), ("jump_0_01", hundredth), ("jump", ~hundred & ~hundredth)


def _broken(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    flags = rows.select(pl.any_horizontal(wrong).fill_null(value=False).alias(reason) for reason, wrong, _ in RULES)
    for reason, _, sentence in RULES:
        if flags[reason].any():
            numbers = [pl.col(name).cast(pl.String).fill_null("none") for name in ("price", "size")]
            gaps = sentence.count("{}")
            detail = pl.lit(sentence.format("row")) if gaps == 1 else pl.format(sentence, *numbers)
            yield findings_of(rows.filter(flags[reason]), reason, detail)


def _untimely(rows: pl.DataFrame, now: datetime, final: datetime | None) -> Iterator[pl.DataFrame]:
    ahead = rows.filter(pl.col("ts") > now + AHEAD)
    when = pl.col("ts").dt.strftime(CLOCK)
    if not ahead.is_empty():
        yield findings_of(ahead, "future", pl.format(f"Stamped {{}}, after {now:{CLOCK}}.", when))
    late = rows.clear() if final is None else rows.filter(pl.col("ts") < final)
    if not late.is_empty():
        yield findings_of(late, "too_late", pl.format(f"Stamped {{}}; what is before {final:{CLOCK}} is closed.", when))


def _crossed(quotes: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Bids and asks that no market has: zero or less on either side of a price, or not finite."""
    sides = pl.col("bid", "ask")
    wrong = quotes.filter(pl.any_horizontal(~sides.is_finite() | (sides < 0)).fill_null(value=False))
    if not wrong.is_empty():
        numbers = [pl.col(name).cast(pl.String).fill_null("none") for name in ("bid", "ask")]
        yield findings_of(wrong, "not_positive", pl.format("The bid or the ask is no price: bid {}, ask {}.", *numbers))


def _rejects(rows: pl.DataFrame, findings: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """REJECTS of the rows found, as they came."""
    named = findings.join(rows, on="nr", how="left", maintain_order="left")
    told = named.with_columns(
        interval=pl.lit(None, pl.String),
        row=pl.struct(*schema).struct.json_encode(),
        repaired=pl.lit(value=False),
        origin=pl.lit("stream"),
        ts=pl.col("ts").cast(UTC),
    )
    return conform(told, REJECTS)

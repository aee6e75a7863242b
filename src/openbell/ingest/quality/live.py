"""The checks of prices as they come: the same reasons as for imports, each row against what was heard before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from openbell.bars.buckets import TICK, instants_of
from openbell.ingest.quality.findings import findings_of, first_findings
from openbell.ingest.quality.hours import CLOCK, by_exchange, session_findings
from openbell.model.frames import REJECTS, UTC, Schema, conform, frame_of
from openbell.model.interval import Interval
from openbell.model.sessions import EPOCH, sessions

AHEAD = timedelta(seconds=10)
"""How far a vendor's clock may be ahead of ours."""

FAR = 10.0
"""A price so many times the last one, or a part so small of it, is not believed at once."""

BELIEVED_AFTER = 5
"""So many prices in a row that agree with each other are believed, whatever the last one was."""

INSTANT = Interval.parse("1s")
DAY = timedelta(days=1)
Numbers = NDArray[np.float64]

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
        self._names = pl.Enum([])
        self._last: Numbers = np.empty(0)  # by the symbol's place among the names
        self._doubted: dict[str, list[float]] = {}

    def believe(self, rows: pl.DataFrame) -> None:
        """Take the prices of TRADES or QUOTES, checked before, as the last ones."""
        priced = rows.filter(pl.col("price").is_not_null()) if rows["price"].null_count() else rows
        places = self._places(priced["symbol"])
        self._last[places] = priced["price"].to_numpy()  # of several the last one stays

    def trades(self, rows: pl.DataFrame, *, now: datetime, final: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
        """TRADES to keep, and REJECTS; what traded before `final` comes too late to count."""
        if rows.is_empty():
            return rows, frame_of(REJECTS)
        numbered = rows.with_row_index("nr")
        suspects = _suspects(numbered, now, final)
        found = [*_broken(suspects), *_untimely(suspects, now, final)] if suspects.height else []
        sound = _without(numbered, found)
        found += [*self._outside(sound), *self._far(sound)]
        return self._sorted(rows, found)

    def quotes(self, rows: pl.DataFrame, *, now: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
        """QUOTES to keep, and REJECTS; a quote may lack its price, and may be as old as it likes."""
        if rows.is_empty():
            return rows, frame_of(REJECTS)
        numbered = rows.with_row_index("nr")
        priced = numbered.filter(pl.col("price").is_not_null())
        found = [*_broken(priced.with_columns(size="volume")), *_untimely(numbered, now, None), *_crossed(numbered)]
        found += self._far(_without(priced, found))
        return self._sorted(rows, found)

    def _sorted(self, rows: pl.DataFrame, found: list[pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows without a finding, whose prices are believed, and the REJECTS."""
        if not found:
            self.believe(rows)
            return rows, frame_of(REJECTS)
        findings = first_findings(found)
        numbered = rows.with_row_index("nr")
        clean = _without(numbered, [findings]).drop("nr")
        self.believe(clean)
        return clean, _rejects(numbered, findings, rows.schema)

    def _outside(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """What was printed outside every session and its extended hours."""
        if rows.is_empty():
            return
        symbols = rows["symbol"].unique().to_list()
        known = {symbol: venue for symbol in symbols if (venue := self._exchange_of(symbol)) is not None}
        first, last = rows.select(pl.col("ts").min(), last=pl.col("ts").max()).row(0)
        if all(_covers(venue, first, last) for venue in set(known.values())):
            return
        for venue, there in by_exchange(rows, known):
            if venue is not None:
                yield from session_findings(venue, there, INSTANT)

    def _far(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Prices ten times off the last one, until so many agree that the last one must have been wrong."""
        if rows.is_empty():
            return
        price = rows["price"].to_numpy()
        places = self._places(rows["symbol"])  # first: the names grow with it
        last = self._last[places]
        if (new := np.isnan(last)).any():
            last[new] = rows.filter(pl.Series(new)).select(_usual()).to_series().to_numpy()
        ratio = price / last
        far = (ratio > FAR) | (ratio < 1 / FAR)
        if far.any():
            measured = rows.filter(pl.Series(far)).with_columns(last=pl.Series(last[far]))
            doubted = measured.filter(
                pl.Series(
                    [self._doubt(*each) for each in measured.select("symbol", "price").iter_rows()], dtype=pl.Boolean
                )
            )
            yield from _jumps(doubted)
        if self._doubted:
            for symbol in rows.filter(pl.Series(~far))["symbol"].unique():
                self._doubted.pop(symbol, None)

    def _doubt(self, symbol: str, price: float) -> bool:
        """Whether `price` is still to be doubted, beside those that were doubted right before it."""
        before = [each for each in self._doubted.get(symbol, []) if 1 / FAR < each / price < FAR]
        self._doubted[symbol] = [*before, price][-BELIEVED_AFTER:]
        return len(before) < BELIEVED_AFTER

    def _places(self, symbols: pl.Series) -> NDArray[np.int64]:
        """The place of each symbol among the names, which grow by those that are new."""
        places = symbols.cast(self._names, strict=False).to_physical()
        if places.null_count():
            new = symbols.filter(places.is_null()).unique(maintain_order=True)
            self._names = pl.Enum(pl.concat([self._names.categories, new]))
            self._last = np.append(self._last, np.full(new.len(), np.nan))
            places = symbols.cast(self._names).to_physical()
        return places.to_numpy().astype(np.int64)


def _suspects(rows: pl.DataFrame, now: datetime, final: datetime) -> pl.DataFrame:
    """Those of TRADES that may be broken or untimely: what is wrong with them is then looked at."""
    if rows["ts"].null_count():
        return rows
    ts, price = instants_of(rows["ts"]), rows["price"].to_numpy()
    size = rows["size"].fill_null(0.0).to_numpy()
    sound = (ts <= _instant(now + AHEAD)) & (ts >= _instant(final))
    sound &= (price > 0) & (price < np.inf) & (size >= 0) & (size < np.inf)
    return rows.clear() if sound.all() else rows.filter(pl.Series(~sound))


def _without(rows: pl.DataFrame, found: list[pl.DataFrame]) -> pl.DataFrame:
    return rows.join(pl.concat(found), on="nr", how="anti", maintain_order="left") if found else rows


def _instant(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


def _covers(venue: str, first: datetime, last: datetime) -> bool:
    """Whether one session of `venue`, with its extended hours, holds both instants."""
    near = sessions(venue, first.date() - DAY, first.date() + DAY)
    return any(begin <= first and last < end for begin, end in near.select("pre", "post").iter_rows())


def _jumps(doubted: pl.DataFrame) -> Iterator[pl.DataFrame]:
    sentence = pl.format("The price {} is far from the last one, {}.", "price", "last")
    for reason, chosen in _ways(pl.col("price") / pl.col("last")):
        if not (some := doubted.filter(chosen)).is_empty():
            yield findings_of(some, reason, sentence)


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

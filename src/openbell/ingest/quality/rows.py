"""What can be wrong with a row by itself, and with rows that bear the same stamp."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from openbell.ingest.quality.findings import FINDINGS, PRICES, findings_of
from openbell.model.frames import BARS, frame_of

NOISE = 1e-9
"""Relative: what the last bits of a division by a split ratio may leave between a high and its close."""

RULES: tuple[tuple[str, pl.Expr, str], ...] = (
    ("missing_stamp", pl.col("ts").is_null(), "The row has no stamp."),
    ("missing_price", pl.col("close").is_null(), "The row has no close."),
    (
        "not_finite",
        pl.any_horizontal(~pl.col(*PRICES, "volume").is_finite()),
        "Not a number: open {}, high {}, low {}, close {}, volume {}.",
    ),
    (
        "not_positive",
        pl.any_horizontal(pl.col(*PRICES) <= 0),
        "A price is zero or less: open {}, high {}, low {}, close {}.",
    ),
    (
        "ohlc_order",
        (pl.col("high") < pl.max_horizontal("open", "low", "close") * (1 - NOISE))
        | (pl.col("low") > pl.min_horizontal("open", "high", "close") * (1 + NOISE)),
        "The high is not the highest or the low not the lowest: open {}, high {}, low {}, close {}.",
    ),
    ("negative_volume", pl.col("volume") < 0, "The volume is negative: open {}, high {}, low {}, close {}, volume {}."),
)
"""Reason, predicate, sentence. The first one that holds is the row's reason."""


def row_findings(bars: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What is wrong with the rows of `bars` one by one."""
    flags = bars.select(wrong.fill_null(value=False).alias(reason) for reason, wrong, _ in RULES)
    for reason, _, sentence in RULES:
        if flags[reason].any():
            yield findings_of(bars.filter(flags[reason]), reason, _with_numbers(sentence))


def duplicates(bars: pl.DataFrame) -> pl.DataFrame:
    """Rows whose symbol and stamp a later row bears too; `bars` are sorted by symbol, stamp and number.

    The last one is kept: what a file says later corrects what it said.
    """
    key = ("symbol", "ts")
    followed = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in key).fill_null(value=False)
    if not bars.select(followed.any()).item():
        return frame_of(FINDINGS)
    facts = [name for name in BARS if name not in key]
    runs = bars.with_columns(pl.struct(*facts).last().over(key).alias("last"), followed=followed)
    same = pl.struct(*facts).eq_missing(pl.col("last"))
    detail = (
        pl.when(same)
        .then(pl.lit("The row comes more than once; one is kept."))
        .otherwise(
            pl.format(
                "A later row bears the same stamp and is kept, with close {}; this one has {}.",
                pl.col("last").struct.field("close"),
                "close",
            )
        )
    )
    return findings_of(runs.filter("followed"), "duplicate", detail)


def _with_numbers(sentence: str) -> pl.Expr:
    """The sentence with the row's open, high, low, close and volume in its gaps, as many as it has."""
    columns = (*PRICES, "volume")[: sentence.count("{}")]
    return pl.format(sentence, *(pl.col(name).cast(pl.String).fill_null("none") for name in columns))

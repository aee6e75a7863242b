"""What can be wrong with a row by itself, and with rows that bear the same stamp."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from openbell.ingest.quality.findings import FINDINGS, PRICES, findings_of
from openbell.model.frames import BARS, frame_of
from openbell.model.words import counted

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


KEY = ("symbol", "ts")


def once(bars: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """`bars` (sorted by symbol, stamp and number) without rows that a later one repeats to the letter, and a note."""
    followed = _followed(bars)
    if not followed.any():
        return bars, []
    same_stamp = bars.with_columns(followed=followed).filter(pl.col("followed").any().over(KEY))
    repeated = same_stamp.filter(pl.struct(*BARS).is_duplicated() & ~pl.struct(*BARS).is_last_distinct())
    if repeated.is_empty():
        return bars, []
    note = f"{counted(repeated.height, 'repeated row')} left out"
    return bars.join(repeated, on="nr", how="anti", maintain_order="left"), [note]


def duplicates(bars: pl.DataFrame) -> pl.DataFrame:
    """Rows whose symbol and stamp a later row bears too; `bars` are sorted by symbol, stamp and number.

    The last one is kept: what a file says later corrects what it said.
    """
    followed = _followed(bars)
    if not followed.any():
        return frame_of(FINDINGS)
    runs = bars.with_columns(pl.col("close").last().over(KEY).alias("last")).filter(followed)
    sentence = "A later row bears the same stamp and is kept, with close {}; this one has {}."
    return findings_of(runs, "duplicate", pl.format(sentence, "last", "close"))


def _followed(bars: pl.DataFrame) -> pl.Series:
    """Whether the row after each is of the same symbol and stamp."""
    following = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in KEY)
    return bars.select(following.fill_null(value=False)).to_series()


def _with_numbers(sentence: str) -> pl.Expr:
    """The sentence with the row's open, high, low, close and volume in its gaps, as many as it has."""
    columns = (*PRICES, "volume")[: sentence.count("{}")]
    return pl.format(sentence, *(pl.col(name).cast(pl.String).fill_null("none") for name in columns))

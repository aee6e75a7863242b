"""The made market: random walks with two decimals over the real New York sessions of 2024; the same everywhere."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from openbell.model import frames
from openbell.model.sessions import sessions

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
SEED = 1792
QUIET = 0.005
"""The share of minutes without a trade; a quiet minute has no bar."""


def tickers(count: int) -> list[str]:
    """AAAA, AAAB, ...: `count` made tickers in order."""
    letters = [chr(ord("A") + n) for n in range(26)]
    return [f"A{letters[n // 676]}{letters[n // 26 % 26]}{letters[n % 26]}" for n in range(count)]


def trading_days() -> pl.DataFrame:
    """New York's sessions of the year."""
    return sessions("XNYS", FIRST, LAST)


def minutes() -> pl.Series:
    """The start of every minute of the year's regular sessions, half days included."""
    stretches = trading_days().select(pl.datetime_ranges("open", "close", "1m", closed="left").alias("ts"))
    return stretches.explode("ts")["ts"].cast(frames.UTC)


def bars_of(nth: int, symbol: str, grid: pl.Series) -> pl.DataFrame:
    """The minute BARS of the `nth` symbol over `grid`."""
    rng = np.random.default_rng([SEED, nth])
    ts = grid.filter(pl.Series(rng.random(grid.len()) >= QUIET))
    rows = ts.len()
    walk = np.exp(np.cumsum(rng.normal(0.0, 0.0006, rows)))
    close = np.maximum(np.round(rng.uniform(15.0, 400.0) * walk, 2), 0.05)
    opened = np.maximum(np.round(np.concatenate([close[:1], close[:-1]]) + rng.normal(0.0, 0.01, rows), 2), 0.01)
    high, low = _reach(rng, opened, close)
    return pl.DataFrame(
        {
            "symbol": pl.Series([symbol]).new_from_index(0, rows),
            "interval": pl.Series(["1m"]).new_from_index(0, rows),
            "ts": ts,
            "open": opened,
            "high": high,
            "low": low,
            "close": close,
            "volume": np.ceil(rng.lognormal(8.5, 1.0, rows)),
            "scale": pl.Series(["raw"]).new_from_index(0, rows),
            "source": pl.Series(["bench"]).new_from_index(0, rows),
        }
    )


def _reach(
    rng: np.random.Generator, opened: NDArray[np.float64], close: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each minute went above and below its open and close."""
    above, below = rng.exponential(0.0003, (2, close.size)) * close
    high = np.round(np.maximum(opened, close) + above, 2)
    low = np.maximum(np.round(np.minimum(opened, close) - below, 2), 0.01)
    return high, low


def span() -> tuple[datetime, datetime]:
    """From the first minute to the day after the last."""
    days = trading_days()
    return days["open"].item(0), days["close"].item(-1)

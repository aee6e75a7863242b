"""The ticker in a file's name, where it holds exactly one that could be one."""

from __future__ import annotations

import re

# Words of vendors and exports that are no tickers.
NOISE = frozenset(
    [
        "1d",
        "5d",
        "1wk",
        "1mo",
        "1y",
        "1m",
        "5m",
        "10m",
        "15m",
        "30m",
        "60m",
        "1h",
        "4h",
        "1min",
        "5min",
        "15min",
        "30min",
        "60min",
        "m1",
        "m5",
        "m15",
        "m30",
        "h1",
        "h4",
        "d1",
        "w1",
        "mn1",
        "d",
        "w",
        "m",
        "q",
        "y",
        "adj",
        "adjclose",
        "adjusted",
        "all",
        "av",
        "bar",
        "bars",
        "bid",
        "ask",
        "candles",
        "chart",
        "close",
        "csv",
        "daily",
        "data",
        "date",
        "day",
        "days",
        "download",
        "duka",
        "dukascopy",
        "eod",
        "equity",
        "error",
        "ext",
        "extended",
        "export",
        "factor",
        "file",
        "files",
        "fixed",
        "full",
        "hist",
        "historical",
        "history",
        "hour",
        "hourly",
        "iday",
        "index",
        "intra",
        "intraday",
        "investing",
        "kaggle",
        "lean",
        "map",
        "max",
        "min",
        "minute",
        "minutes",
        "monthly",
        "mt5",
        "nasdaq",
        "ny",
        "nyse",
        "ohlc",
        "ohlcv",
        "price",
        "prices",
        "quandl",
        "quote",
        "quotes",
        "raw",
        "sec",
        "second",
        "seconds",
        "series",
        "split",
        "stock",
        "stocks",
        "stooq",
        "tick",
        "ticks",
        "time",
        "tiingo",
        "total",
        "trade",
        "trades",
        "txt",
        "unadjusted",
        "usa",
        "weekly",
        "wiki",
        "yahoo",
        "yahoofinance",
        "yearly",
        "yf",
        "yfinance",
        "test",
        "sample",
        "table",
        "out",
        "input",
        "my",
        "new",
        "old",
        "temp",
        "tmp",
        "copy",
        "fx",
        "forex",
        "crypto",
        "ccy",
    ]
)
DATE = re.compile(r"(19|20)\d{2}([01]\d([0-3]\d)?)?|\d{1,3}")  # also the parts of 2020-01-02
UPPER = re.compile(r"[A-Z0-9]{1,6}")
TICKER = re.compile(r"[A-Za-z]{1,5}")
WITH_CLASS = re.compile(r"[A-Z]{1,4}[.\-][AB]")


def symbol_in(name: str) -> str | None:
    """The one word in a file's `name` that can be a ticker, in capitals; None where there is none or a choice."""
    stem = re.sub(r"(\.(csv|txt|tsv|parquet|zip|gz))+$", "", name, flags=re.IGNORECASE)
    if (
        TICKER.fullmatch(stem)
        and (len(stem) > 1 or stem.isupper())
        and stem.lower() not in NOISE - {"m", "d", "w", "y", "q"}
    ):
        return stem.upper()
    if WITH_CLASS.fullmatch(stem):  # BRK.B, BF-B
        return stem
    words = [word for word in re.split(r"[\s_.,()+\-]+", stem) if word and not _noise(word)]
    capitals = [word for word in words if UPPER.fullmatch(word)]
    candidates = capitals or words
    if len(candidates) != 1 or not TICKER.fullmatch(candidates[0]):
        return None
    return candidates[0].upper()


def _noise(word: str) -> bool:
    return word.lower() in NOISE or DATE.fullmatch(word) is not None

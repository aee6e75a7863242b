"""The ticker in a file's name, where it holds exactly one that could be one."""

from __future__ import annotations

import re

from openbell.model.symbols import MICS

# Words of vendors and exports that are no tickers.
NOISE = frozenset({
    "10m", "15m", "15min", "1d", "1h", "1m", "1min", "1mo", "1wk", "1y", "30m", "30min", "4h", "5d", "5m",
    "5min", "60m", "60min", "adj", "adjclose", "adjusted", "all", "ask", "av", "bar", "bars", "bid",
    "candles", "ccy", "chart", "close", "copy", "crypto", "csv", "d", "d1", "daily", "data", "date", "day",
    "days", "download", "duka", "dukascopy", "eod", "equity", "error", "export", "ext", "extended", "factor",
    "file", "files", "fixed", "forex", "full", "fx", "h1", "h4", "hist", "historical", "history", "hour",
    "hourly", "iday", "index", "input", "intra", "intraday", "investing", "kaggle", "lean", "m", "m1", "m15",
    "m30", "m5", "map", "max", "min", "minute", "minutes", "mn1", "monthly", "mt5", "my", "nasdaq", "new",
    "ny", "nyse", "ohlc", "ohlcv", "old", "out", "price", "prices", "q", "quandl", "quote", "quotes", "raw",
    "sample", "sec", "second", "seconds", "series", "split", "stock", "stocks", "stooq", "table", "temp",
    "test", "tick", "ticks", "tiingo", "time", "tmp", "total", "trade", "trades", "txt", "unadjusted", "usa",
    "w", "w1", "weekly", "wiki", "y", "yahoo", "yahoofinance", "yearly", "yf", "yfinance",
})  # fmt: skip
DATE = re.compile(r"(19|20)\d{2}([01]\d([0-3]\d)?)?|\d{1,3}")  # also the parts of 2020-01-02
UPPER = re.compile(r"[A-Z0-9]{1,6}")
TICKER = re.compile(r"[A-Za-z]{1,5}")
OF_EXCHANGE = re.compile(rf"([A-Z0-9]{{1,6}})-({'|'.join(MICS)})-(1d|1wk|1mo|\d+[mh])\b.*")
"""AET-L-1d-...: a ticker with its exchange, as scripts around yfinance name a file."""
PAIR = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]{3}){1,2}=[Xx](?![A-Za-z0-9])")
"""EURUSD=X, JPY=X: a rate as Yahoo calls it."""
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
    if abroad := OF_EXCHANGE.fullmatch(stem):
        return f"{abroad[1]}.{abroad[2]}"
    if (pair := PAIR.search(stem)) and not PAIR.search(stem, pair.end()):
        return pair[0].upper()
    words = [word for word in re.split(r"[\s_.,()+\-]+", stem) if word and not _noise(word)]
    capitals = [word for word in words if UPPER.fullmatch(word)]
    candidates = capitals or words
    if len(candidates) != 1 or not TICKER.fullmatch(candidates[0]):
        return None
    return candidates[0].upper()


def _noise(word: str) -> bool:
    return word.lower() in NOISE or DATE.fullmatch(word) is not None

"""yfinance's CSV with a header of three lines (price, ticker, stamp) -> one row a symbol and stamp."""

from __future__ import annotations

import polars as pl

SYMBOL = "Ticker"
STAMPS = ("Date", "Datetime")


def three_line_header(opening: list[list[str]]) -> bool:
    """Whether the first lines, cut into cells, are that header."""
    if len(opening) < 3:
        return False
    kinds, tickers, stamps = opening[:3]
    return (kinds[0], tickers[0], stamps[0] in STAMPS) == ("Price", "Ticker", True) and not any(stamps[1:])


def unstacked(frame: pl.DataFrame, opening: list[list[str]], row: str) -> pl.DataFrame:
    """`frame` (`row`, and a column for each of the header's, in order) with a row for each ticker that has a price."""
    kinds, tickers, (stamp, *_) = opening[:3]
    columns = [name for name in frame.columns if name != row]
    parts = []
    for ticker in dict.fromkeys(tickers[1:]):
        own = {kind: name for kind, held, name in zip(kinds, tickers, columns, strict=True) if held == ticker}
        part = frame.select(
            row,
            pl.col(columns[0]).alias(stamp),
            pl.lit(ticker).alias(SYMBOL),
            *(pl.col(name).alias(kind) for kind, name in own.items()),
        )
        parts.append(part.filter(pl.any_horizontal(pl.col(list(own)).is_not_null())))
    return pl.concat(parts, how="diagonal")

"""Shapes that several nouns share: columns of bars, a corporate action, and how numbers become JSON."""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite
from typing import Annotated

import polars as pl
from pydantic import BaseModel, Field

from openbell.store.register import Instrument

Column = list[float | None]

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of a rule, a firing, a channel."""


class Bars(BaseModel):
    """Bars as columns; `ts` in seconds since 1970."""

    ts: list[int]
    open: Column
    high: Column
    low: Column
    close: Column
    volume: Column


class Action(BaseModel):
    """A split, dividend or spin-off, with a sentence for it."""

    symbol: str
    ex_date: date
    kind: str
    ratio: float | None
    amount: float | None
    currency: str | None
    source: str
    known_at: datetime
    text: str


def bars_of(frame: pl.DataFrame) -> Bars:
    """BARS as columns."""
    prices = {name: floats(frame[name]) for name in ("open", "high", "low", "close", "volume")}
    return Bars(ts=seconds(frame["ts"]), **prices)


def floats(series: pl.Series) -> Column:
    """Finite numbers or None."""
    return [value if value is not None and isfinite(value) else None for value in series]


def seconds(stamps: pl.Series) -> list[int]:
    """Instants in seconds since 1970."""
    return stamps.dt.epoch("s").to_list()


def action_of(row: dict[str, object]) -> Action:
    """One row of ACTIONS with `known_at`."""
    return Action.model_validate({**row, "text": sentence(row)})


def sentence(row: dict[str, object]) -> str:
    """Such as `Split 4:1` or `Dividend 0.24 USD`, of a row of ACTIONS."""
    if row["kind"] == "dividend":
        return f"Dividend {row['amount']:.6g} {row['currency'] or ''}".strip()
    ratio = float(str(row["ratio"]))
    if row["kind"] == "spinoff":
        return f"Spin-off, price factor {ratio:.6g}"
    return f"Split {ratio_said(ratio)}" + (" (inferred from the prices)" if row["source"] == "inferred" else "")


def ratio_said(ratio: float) -> str:
    """A split's `7:1` or `1:10`."""
    return f"{ratio:.6g}:1" if ratio >= 1 else f"1:{1 / ratio:.6g}"


def renamed(asked: str, instrument: Instrument) -> str | None:
    """The instrument's ticker, where it is not the one that was asked."""
    return instrument.ticker if instrument.ticker != asked else None


NEAR_ONE = 20
"""Below it a rate is told to the fourth decimal, as the rates of all currencies but those with small units are."""


def decimals_of(price: float | None, ticker: str) -> int:
    """How many decimals a price of this size is shown with; a rate near 1 moves by its fourth."""
    if price is None or price >= 1:
        return 4 if ticker.endswith("=X") and price is not None and price < NEAR_ONE else 2
    return 4 if price >= 0.01 else 6

"""A watch over small tables: trades in, firings out as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from bars.tables import NEW_YORK, at, bars_of, trades_of
from openbell.alerts.background import Background
from openbell.alerts.conditions import Condition, Symbol
from openbell.alerts.rules import Firing, Rule
from openbell.alerts.watch import Watch
from openbell.model.frames import BARS, QUOTES, TRADES, frame_of

NO_QUOTES = frame_of(QUOTES)
NO_TRADES = frame_of(TRADES)
NO_DAYS = frame_of(BARS)


def rule(condition: Condition, symbol: str = "ACME", key: str = "r1", **how: object) -> Rule:
    return Rule(id=key, name="Mine", condition=condition, target=Symbol(symbol), **how)


def days(*closes: float, last: date = date(2026, 2, 27), volume: float = 100.0) -> pl.DataFrame:
    """Daily bars at one price each, on the days up to `last`."""
    rows = enumerate(reversed(closes))
    table = [f"ACME {last - timedelta(days=back)} {c} {c} {c} {c} {volume}" for back, c in rows]
    return bars_of("\n".join(reversed(table)), "1d")


def watch(
    *rules: Rule,
    past: Mapping[date, Background] | Background | None = None,
    state: str | None = None,
    exchange: str = "XNYS",
) -> Watch:
    """A watch on symbols with the background `past`, or that of each day."""
    known = past if past is not None else Background(NO_DAYS)
    return Watch(
        rules,
        members=lambda rule: [rule.target.symbol] if isinstance(rule.target, Symbol) else ["ACME", "BOLT"],
        backgrounds=lambda _symbol, day: known if isinstance(known, Background) else known[day],
        exchange_of=lambda _symbol: exchange,
        state=state,
    )


def hear(watched: Watch, table: str) -> list[Firing]:
    return watched.hear(trades_of(table), NO_QUOTES)


def told(firings: Sequence[Firing]) -> list[str]:
    """Firings as lines of symbol, New York's time (dated where it is not 2026-03-02), and price."""
    return [f"{f.symbol} {clock(f.at)} {f.price:g}" for f in firings]


def clock(instant: datetime) -> str:
    local = instant.astimezone(NEW_YORK)
    text = f"{local:%H:%M:%S}"
    return text if local.date() == date(2026, 3, 2) else f"{local:%m-%d} {text}"


def prices(*values: float, start: str = "10:00:00", step_s: float = 1.0, symbol: str = "ACME") -> str:
    """A table of trades, one each `step_s` seconds from `start` on."""
    first = at(start).astimezone(NEW_YORK)
    stamps = [first + timedelta(seconds=nth * step_s) for nth in range(len(values))]
    return "\n".join(
        f"{symbol} {stamp:%Y-%m-%dT%H:%M:%S} {value} 10" for stamp, value in zip(stamps, values, strict=True)
    )

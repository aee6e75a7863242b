"""The quote board: the latest price of each symbol, how fresh it is, and its line of the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import polars as pl

from openbell.desk import Desk
from openbell.history import Latest
from openbell.model.errors import InvalidInput
from openbell.model.sessions import MarketState, market_state, sessions
from openbell.store.ledger import Fetch
from openbell.store.register import Instrument

Freshness = Literal["live", "delayed", "closed", "stale"]

LIVE = timedelta(minutes=2)
DELAYED = timedelta(minutes=30)
"""During a session a price older than this is stale."""

DAY_LENGTH = timedelta(days=1)
SPARK_POINTS = 64


@dataclass(frozen=True, slots=True)
class Quote:
    """One line of the board; prices in the instrument's currency, split-adjusted against the previous close."""

    symbol: str
    """What was asked, which may be a former ticker of the instrument."""
    instrument: Instrument
    price: float
    previous_close: float | None
    open: float | None
    high: float | None
    low: float | None
    volume: float | None
    bid: float | None
    ask: float | None
    bid_size: float | None
    ask_size: float | None
    ts: datetime
    day: date | None
    """The trade date that the price is the close of; None for one of some instant within a day."""
    freshness: Freshness
    source: str
    sector: str | None
    """None where nobody has told it."""
    spark: tuple[tuple[datetime, float], ...] | None

    @property
    def change(self) -> float | None:
        """Price less previous close."""
        return None if self.previous_close is None else self.price - self.previous_close

    @property
    def change_pct(self) -> float | None:
        """The change in percent of the previous close."""
        return None if not self.previous_close else (self.price / self.previous_close - 1) * 100


@dataclass(frozen=True, slots=True)
class Movers:
    """The symbols that rose and fell most; `stale` counts those whose price is too old to be ranked."""

    up: tuple[Quote, ...]
    down: tuple[Quote, ...]
    stale: int
    newest: datetime | None
    """When the newest of all their prices was true."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A symbol without a price, and why."""

    symbol: str
    state: Literal["fetching", "rate_limited", "unknown", "no_data", "failed"]
    detail: str
    next_try: datetime | None


def board(desk: Desk, symbols: Sequence[str], *, spark: bool = False) -> tuple[list[Quote], list[Missing]]:
    """The quotes of `symbols` in their order, and the symbols that have none."""
    now = desk.clock()
    live = dict(desk.tape.latest(symbols))
    if desk.demo:
        live |= {row["symbol"]: row for row in desk.simulated.quotes(symbols).iter_rows(named=True)}
    register = desk.history.register
    instruments = {symbol: register.instrument(register.id_of(symbol)) for symbol in symbols}
    latest = desk.history.latest(list(instruments.values()))
    fetches = {f.symbol: f for f in desk.ledger.fetches()}
    quotes, missing = [], []
    for symbol, instrument in instruments.items():
        sector = desk.simulated.sector_of(symbol) if instrument.simulated else None
        quote = _quote(symbol, instrument, live.get(symbol), latest.get(instrument.id), now, sector=sector, spark=spark)
        if quote is None:
            missing.append(_missing(symbol, fetches.get(symbol), desk.history.stored(instrument.id)))
        else:
            quotes.append(quote)
    return quotes, missing


def unfollowed(desk: Desk, missing: Sequence[Missing], followed: Collection[str]) -> list[Missing]:
    """What is `missing`, as whoever follows only `followed` is told: that others wait for a symbol is their affair."""
    stored, id_of = desk.history.stored, desk.history.register.id_of
    return [m if m.symbol in followed else _missing(m.symbol, None, stored(id_of(m.symbol))) for m in missing]


def movers(desk: Desk, symbols: Sequence[str], limit: int) -> Movers:
    """Those of `symbols` that rose and fell most against their previous close."""
    quotes = board(desk, symbols)[0]
    fresh = [q for q in quotes if q.freshness != "stale"]
    changes = [(q.change_pct, q) for q in fresh if q.change_pct is not None]
    ranked = [q for _, q in sorted(changes, key=lambda pair: pair[0], reverse=True)]
    return Movers(
        up=tuple(q for q in ranked if (q.change_pct or 0) > 0)[:limit],
        down=tuple(q for q in reversed(ranked) if (q.change_pct or 0) < 0)[:limit],
        stale=len(quotes) - len(fresh),
        newest=max((q.ts for q in quotes), default=None),
    )


def _quote(
    symbol: str,
    instrument: Instrument,
    live: Mapping[str, object] | None,
    latest: Latest | None,
    now: datetime,
    *,
    sector: str | None,
    spark: bool,
) -> Quote | None:
    """From the live quote where there is one, else from the newest stored bar."""
    day: date | None = None
    if live is not None:
        row, price, ts = live, _number(live["price"]), _instant(live["ts"])
    elif latest is not None:
        row = latest.days.row(-1, named=True)
        price = _number(row["close"])
        ts, day = _told_at(instrument, latest)
    else:
        return None
    if price is None:
        return None
    before = None
    if latest is not None:
        before = _previous_of(latest) if live is None else _close_before(instrument, latest, ts)
    freshness = _freshness(_state(instrument, now), ts, now)
    book = row if freshness in {"live", "delayed"} else {}  # who bid yesterday bids no more
    return Quote(
        symbol=symbol,
        instrument=instrument,
        price=price,
        previous_close=before if before is not None else _number(row.get("previous_close")),
        open=_number(row["open"]),
        high=_number(row["high"]),
        low=_number(row["low"]),
        volume=_number(row["volume"]),
        bid=_number(book.get("bid")),
        ask=_number(book.get("ask")),
        bid_size=_number(book.get("bid_size")),
        ask_size=_number(book.get("ask_size")),
        ts=ts,
        day=day,
        freshness=freshness,
        source=str(row["source"]),
        sector=sector,
        spark=_spark(latest) if spark and latest is not None else None,
    )


def _previous_of(latest: Latest) -> float | None:
    """The close of the stored day before the newest one, split-adjusted: a split over night is no change."""
    return _number(latest.days["close"].item(-2)) if latest.days.height > 1 else None


def _close_before(instrument: Instrument, latest: Latest, ts: datetime) -> float | None:
    """The stored close of the session directly before that of `ts`; None where it is not stored as a whole day."""
    around = sessions(instrument.exchange or "XNYS", ts.date() - timedelta(days=14), ts.date() + DAY_LENGTH)
    begun = around.filter(pl.col("pre") <= ts)["trade_date"]
    if begun.len() < 2 or latest.last_day is None or latest.last_day < begun.item(-2):
        return None
    close = latest.days.filter(pl.col("ts").dt.date() == begun.item(-2))["close"]
    return None if close.is_empty() else _number(close.item())


def _told_at(instrument: Instrument, latest: Latest) -> tuple[datetime, date | None]:
    """When the newest stored price was true: the end of the last minute; else of the last day's session, and its
    date."""
    day: datetime = latest.days["ts"].item(-1)
    if latest.minute_end is not None and latest.minute_end >= day:
        return latest.minute_end, None
    return _close_of(instrument, day.date()), day.date()


def _close_of(instrument: Instrument, day: date) -> datetime:
    """When the session of `day` closed; the end of the UTC day where the calendar has none."""
    days = sessions(instrument.exchange or "24/7", day, day)
    return (
        days["close"].item(0)
        if not days.is_empty()
        else datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY_LENGTH
    )


def _state(instrument: Instrument, now: datetime) -> MarketState | None:
    try:
        return market_state(instrument.exchange or "XNYS", now)
    except InvalidInput:
        return None


def _freshness(state: MarketState | None, ts: datetime, now: datetime) -> Freshness:
    """Live within two minutes; closed when it is the newest there can be; else delayed or stale."""
    age = now - ts
    if age <= LIVE:
        return "live"
    if state is not None and state.state == "open":
        return "delayed" if age <= DELAYED else "stale"
    return "closed" if age <= timedelta(days=5) else "stale"


def _spark(latest: Latest) -> tuple[tuple[datetime, float], ...]:
    """The closes of the running or last session, else of the last days, thinned to a few dozen."""
    rows = latest.line if latest.line.height > 1 else latest.days
    thinned = rows.gather_every(max(1, rows.height // SPARK_POINTS))
    return tuple(zip(thinned["ts"].to_list(), thinned["close"].to_list(), strict=True))


def _missing(symbol: str, fetch: Fetch | None, stored: pl.DataFrame) -> Missing:
    if fetch is not None:
        if fetch.state == "waiting" or fetch.state == "running":  # noqa: PLR1714  # narrows the type
            return Missing(symbol, "fetching", fetch.detail, None)
        if fetch.state == "rate_limited" or fetch.state == "unknown" or fetch.state == "failed":  # noqa: PLR1714
            return Missing(symbol, fetch.state, fetch.detail, fetch.next_try)
        if fetch.state == "done" and stored.is_empty():
            return Missing(symbol, "no_data", "The vendor sent no prices.", fetch.next_try)
    detail = f"No prices of {symbol} here. Import a file with `openbell import`, or fetch it when online."
    if not stored.is_empty():
        detail = f"Of {symbol} there are {', '.join(stored['interval'])} bars only; a quote needs days."
    return Missing(symbol, "no_data", detail, None)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a quote has an instant")
    return value.astimezone(UTC)

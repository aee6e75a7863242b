"""The quote board: the latest price of each symbol, how fresh it is, and its line of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from openbell.desk import Desk
from openbell.history import NoData
from openbell.model.errors import InvalidInput
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import EXCHANGES, MarketState, market_state, sessions
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

    instrument: Instrument
    price: float
    previous_close: float | None
    open: float | None
    high: float | None
    low: float | None
    volume: float | None
    ts: datetime
    freshness: Freshness
    source: str
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
class Missing:
    """A symbol without a price, and why."""

    symbol: str
    state: Literal["fetching", "rate_limited", "unknown", "no_data", "failed"]
    detail: str
    next_try: datetime | None


def board(desk: Desk, symbols: Sequence[str], *, spark: bool = False) -> tuple[list[Quote], list[Missing]]:
    """The quotes of `symbols` in their order, and the symbols that have none."""
    live = dict(desk.tape.latest(symbols))
    if desk.demo:
        live |= {row["symbol"]: row for row in desk.simulated.quotes(symbols).iter_rows(named=True)}
    fetches = {f.symbol: f for f in desk.ledger.fetches()}
    quotes, missing = [], []
    for symbol in symbols:
        quote = _quote(desk, symbol, live.get(symbol), spark=spark)
        if quote is None:
            missing.append(_missing(symbol, fetches.get(symbol)))
        else:
            quotes.append(quote)
    return quotes, missing


def movers(desk: Desk, limit: int) -> tuple[list[Quote], list[Quote]]:
    """The symbols of all watchlists that rose and fell most against their previous close."""
    symbols = list(dict.fromkeys(s for w in desk.ledger.watchlists() for s in w.symbols))
    changes = [(q.change_pct, q) for q in board(desk, symbols)[0] if q.change_pct is not None]
    ranked = [q for _, q in sorted(changes, key=lambda pair: pair[0], reverse=True)]
    up = [q for q in ranked if (q.change_pct or 0) > 0][:limit]
    down = [q for q in reversed(ranked) if (q.change_pct or 0) < 0][:limit]
    return up, down


def _quote(desk: Desk, symbol: str, live: Mapping[str, object] | None, *, spark: bool) -> Quote | None:
    now = desk.clock()
    try:
        instrument = desk.history.instrument(symbol)
        days = _last_days(desk, symbol)
    except NoData:
        return None
    if live is None and days.is_empty():
        return None
    state = _state(instrument, now)
    zone = ZoneInfo(EXCHANGES[instrument.exchange or "24/7"].zone)
    row = live if live is not None else days.row(-1, named=True) | {"price": days["close"].item(-1)}
    ts = _instant(row["ts"]) if live is not None else _told_at(desk, instrument, days)
    price = _number(row["price"])
    if price is None:
        return None
    return Quote(
        instrument=instrument,
        price=price,
        previous_close=_previous(days, ts.astimezone(zone).date()) or _number(row.get("previous_close")),
        open=_number(row["open"]),
        high=_number(row["high"]),
        low=_number(row["low"]),
        volume=_number(row["volume"]),
        ts=ts,
        freshness=_freshness(state, ts, now),
        source=str(row["source"]),
        spark=_spark(desk, symbol, days, ts) if spark else None,
    )


def _last_days(desk: Desk, symbol: str) -> pl.DataFrame:
    """The newest daily bars, split-adjusted; the newest may still be running."""
    stored = desk.history.stored(desk.history.instrument(symbol).id)
    if stored.is_empty():
        raise NoData(f"There are no prices of {symbol} here yet.")
    newest = max(stored["last"].to_list())
    series = desk.history.bars(symbol, DAY, newest - timedelta(days=45), newest + timedelta(days=1))
    return series.bars.drop_nulls("close")


def _previous(days: pl.DataFrame, today: date) -> float | None:
    """The close of the session before `today`, on today's scale: a split over night is no change."""
    before = days.filter(pl.col("ts").dt.date() < today)["close"]
    return None if before.is_empty() else _number(before.item(-1))


def _told_at(desk: Desk, instrument: Instrument, days: pl.DataFrame) -> datetime:
    """When the newest stored price was true: the end of the last minute, else of the last day's session."""
    stored = desk.history.stored(instrument.id)
    ends = [
        row["last"] + i.length
        for row in stored.iter_rows(named=True)
        if (i := Interval.parse(row["interval"])).intraday
    ]
    day = days["ts"].item(-1)
    minute = max(ends, default=None)
    return minute if minute is not None and minute >= day else _close_of(instrument, day.date())


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


def _spark(desk: Desk, symbol: str, days: pl.DataFrame, ts: datetime) -> tuple[tuple[datetime, float], ...]:
    """The closes of the running or last session, else of the last days, thinned to a few dozen."""
    stored = desk.history.stored(desk.history.instrument(symbol).id)
    fine = [i for i in map(Interval.parse, stored["interval"]) if i.intraday]
    rows = days.select("ts", "close")
    if fine and not days.is_empty():
        day = days["ts"].item(-1)
        finest = min(fine, key=lambda i: i.length)
        line = desk.history.bars(symbol, finest, day, max(ts, day) + timedelta(days=1)).bars
        line = line.drop_nulls("close").select("ts", "close")
        rows = line if line.height > 1 else rows
    step = max(1, rows.height // SPARK_POINTS)
    thinned = rows.gather_every(step) if step > 1 else rows
    return tuple((row[0], row[1]) for row in thinned.iter_rows())


def _missing(symbol: str, fetch: Fetch | None) -> Missing:
    if fetch is None:
        return Missing(symbol, "no_data", f"No prices of {symbol} yet. Fetch it or import a file.", None)
    if fetch.state == "waiting" or fetch.state == "running":  # noqa: PLR1714  # narrows the type
        return Missing(symbol, "fetching", fetch.detail, None)
    if fetch.state == "done":
        return Missing(symbol, "no_data", "The vendor sent no prices.", fetch.next_try)
    return Missing(symbol, fetch.state, fetch.detail, fetch.next_try)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a quote has an instant")
    return value.astimezone(UTC)

"""The simulated exchange as a provider: bars, quotes, splits, dividends and names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

import numpy as np
import polars as pl

from openbell.model.errors import UnknownSymbol
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, MATCHES, QUOTES, conform, frame_of
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.base import Capabilities
from openbell.providers.simulated.companies import BY_TICKER, CURRENCY, LISTED, PAIRS, Company
from openbell.providers.simulated.hours import EPOCH, WEEK, day_at, instant, newest, opens, over_by, trade_days
from openbell.providers.simulated.noise import Floats, Indices, key_of, uniform
from openbell.providers.simulated.prices import MINUTES, Days, Minutes, Prices, bridge, days_of, minutes_of
from openbell.providers.window import offered, utc_range

NAME = "simulated"
CHUNK = 64
"""Days of minutes drawn at once, so that a long range does not fill the memory."""

SPREAD = 0.0004
"""The usual distance from bid to ask, as a share of the price."""


class Simulated:
    """Invented companies that trade at every hour; the same seed gives the same prices for good.

    Raw prices, closed bars only, nothing after `clock()`. About one minute bar in 50,000 is a bad print (100 times too
    high or low, high below low, a price below zero), as real feeds have; the day's bar never contains it.
    """

    capabilities = Capabilities(
        name=NAME,
        title="Simulated market",
        bars={MINUTE: None, DAY: None},
        quotes=True,
        actions=True,
        search=True,
        note="Invented companies and prices, for trying the desk without a network.",
    )

    def __init__(self, seed: int, clock: Callable[[], datetime]) -> None:
        self._seed = seed
        self._clock = clock

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """BARS of `symbol` with start <= ts < end that have closed; raises UnknownSymbol and NotOffered."""
        start, end = utc_range(start, end)
        offered(self.capabilities, interval)
        company, now = _company(symbol), self._clock().astimezone(UTC)
        first, last = max(day_at(start), 0), min(day_at(end), day_at(now))
        if interval == DAY:
            frame = _daily(self._days(company), trade_days(company, first, min(last, over_by(company, now) - 1)))
        else:
            frame = self._minutes(company, first, last).filter(pl.col("ts") < now.replace(second=0, microsecond=0))
        return conform(
            frame.filter(pl.col("ts").is_between(start, end, closed="left")).with_columns(
                symbol=pl.lit(symbol),
                interval=pl.lit(str(interval)),
                scale=pl.lit("raw"),
                source=pl.lit(NAME),
                volume=pl.lit(0.0) if company in PAIRS else pl.col("volume"),
            ),
            BARS,
        )

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        """QUOTES as of the second of `clock()`, in the order asked; unknown symbols are left out."""
        now = self._clock().astimezone(UTC).replace(microsecond=0)
        if day_at(now) < 0:
            return frame_of(QUOTES)
        return frame_of(QUOTES, (_quote(self._seed, BY_TICKER[each], now) for each in symbols if each in BY_TICKER))

    def actions(self, symbol: str, start: date, end: date) -> pl.DataFrame:
        """ACTIONS with start <= ex_date <= end, up to today; raises UnknownSymbol."""
        company = _company(symbol)
        return _actions(company, self._days(company)).filter(pl.col("ex_date").is_between(start, end))

    def search(self, text: str) -> pl.DataFrame:
        """MATCHES whose ticker, name or sector contains `text`; tickers that start with it first."""
        wanted = text.strip().upper()
        found = (
            [each for each in LISTED if wanted in f"{each.ticker} {each.name} {each.sector}".upper()] if wanted else []
        )
        found.sort(key=lambda each: (not each.ticker.startswith(wanted), wanted not in each.name.upper()))
        return frame_of(MATCHES, (_described(each) for each in found))

    def sector_of(self, symbol: str) -> str | None:
        """What a listed company does; None for what is not listed."""
        return BY_TICKER[symbol].sector if symbol in BY_TICKER else None

    def instruments(self) -> pl.DataFrame:
        """INSTRUMENTS: every listing, companies first and in the order of the watchlist; the id is the ticker."""
        extra = {"valid_from": EPOCH, "simulated": True}
        return frame_of(INSTRUMENTS, ({"id": each.ticker, **_described(each), **extra} for each in LISTED))

    def _days(self, company: Company) -> Days:
        """Every day so far, the running one included."""
        return days_of(self._seed, company, max(newest(company, self._clock())[0] + 1, 0))

    def _minutes(self, company: Company, first: int, last: int) -> pl.DataFrame:
        """The minute bars of all sessions that touch the days from `first` to `last`."""
        days = self._days(company)
        every = trade_days(company, first, min(last + (company in PAIRS), len(days.ratio) - 1))
        chunks = (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))
        frames = [_minute_frame(self._seed, company, minutes_of(self._seed, company, days, day), day) for day in chunks]
        return pl.concat(frames) if frames else frame_of(BARS)


def _company(symbol: str) -> Company:
    if symbol not in BY_TICKER:
        raise UnknownSymbol(NAME, symbol)
    return BY_TICKER[symbol]


def _stamp(minutes: Indices) -> pl.Series:
    """UTC instants from minutes since the launch."""
    launch = (EPOCH - date(1970, 1, 1)).days * MINUTES
    return pl.Series("ts", (minutes + launch) * 60_000_000).cast(pl.Datetime("us", "UTC"))


def _daily(days: Days, day: Indices) -> pl.DataFrame:
    return pl.DataFrame({"ts": _stamp(day * MINUTES), **days.prices.at(day)._asdict(), "volume": days.volume[day]})


def _minute_frame(seed: int, company: Company, minutes: Minutes, day: Indices) -> pl.DataFrame:
    printed = (minutes.volume > 0) | minutes.bad
    stamps = (day[:, None] * MINUTES + np.arange(MINUTES))[printed]
    at = (opens(company, day)[:, None] + np.arange(MINUTES))[printed]
    columns = {name: each[printed] for name, each in minutes.prices._asdict().items()}
    frame = pl.DataFrame({"ts": _stamp(at), **columns, "volume": minutes.volume[printed], "bad": minutes.bad[printed]})
    return _misprinted(frame, uniform(key_of(seed, company.ticker, "how bad"), stamps))


def _misprinted(frame: pl.DataFrame, roll: Floats) -> pl.DataFrame:
    """The bad minutes as a faulty feed prints them: one of four ways each."""
    way = pl.when("bad").then(pl.Series("way", (roll * 4).astype(np.int8))).otherwise(None)
    factor = pl.when(way == 0).then(100.0).when(way == 1).then(0.01).otherwise(1.0)
    upper, lower = pl.col("high") * factor, pl.col("low") * factor
    return frame.select(
        "ts",
        open=pl.col("open") * factor,
        high=pl.when(way == 2).then(pl.col("low") * 0.5).otherwise(upper),
        low=pl.when(way == 3).then(-pl.col("low")).otherwise(lower),
        close=pl.col("close") * factor,
        volume=pl.when("bad").then(100.0).otherwise("volume"),
    )


def _actions(company: Company, days: Days) -> pl.DataFrame:
    ex_date = pl.Series("ex_date", np.arange(len(days.ratio))).cast(pl.Int32) + (EPOCH - date(1970, 1, 1)).days
    table = pl.DataFrame({"ex_date": ex_date.cast(pl.Date), "ratio": days.ratio, "amount": days.dividend})
    splits = table.filter(pl.col("ratio") != 1.0).select("ex_date", "ratio", kind=pl.lit("split"))
    dividends = table.filter(pl.col("amount") > 0.0).select("ex_date", "amount", kind=pl.lit("dividend"))
    both = pl.concat([splits, dividends.with_columns(currency=pl.lit(CURRENCY))], how="diagonal").sort("ex_date")
    return conform(both.with_columns(symbol=pl.lit(company.ticker), source=pl.lit(NAME)), ACTIONS)


def _described(company: Company) -> dict[str, object]:
    return {
        "ticker": company.ticker,
        "name": company.name,
        "exchange": company.exchange,
        "currency": CURRENCY,
        "type": company.type,
        "source": NAME,
    }


@lru_cache(maxsize=64)
def _session(seed: int, company: Company, day: int) -> tuple[Days, Minutes]:
    """The days up to `day`, and the minutes of `day`: what one session's quotes are cut from."""
    days = days_of(seed, company, day + 1)
    return days, minutes_of(seed, company, days, np.array([day]))


def _quote(seed: int, company: Company, now: datetime) -> dict[str, object]:
    """The last price at `now`: a second of the running minute, or the close of the last minute that traded."""
    day, opened = newest(company, now)
    minute = min(int((now - instant(opened)).total_seconds()) // 60, MINUTES)  # the last one: the session is over
    days, minutes = _session(seed, company, day)
    volume = minutes.volume[0, : minute + 1].copy()
    traded = np.flatnonzero(volume)
    closed = traded[traded < minute]
    highs, lows = minutes.prices.high[0, closed], minutes.prices.low[0, closed]
    if traded[-1] == minute:
        at, shown = now, _running(seed, company, day, minute)[: now.second + 1]
        volume[-1] = np.ceil(volume[-1] * (now.second + 1) / 60)
    else:
        at = instant(opened + int(traded[-1])).replace(second=59)
        shown = minutes.prices.close[0, traded[-1:]]
    price = float(shown[-1])
    return {
        "symbol": company.ticker,
        "ts": at,
        "price": price,
        "previous_close": _previous_close(days, company, day),
        "open": float(minutes.prices.open[0, 0]),
        "high": float(np.append(highs, shown).max()),
        "low": float(np.append(lows, shown).min()),
        "volume": 0.0 if company in PAIRS else float(volume.sum()),
        **_book(seed, company, price, (day * MINUTES + minute) * 60 + now.second),
        "currency": CURRENCY,
        "source": NAME,
    }


def _previous_close(days: Days, company: Company, day: int) -> float:
    """Of the session before; of a company on the day's own scale."""
    if company not in PAIRS:
        return round(float(days.previous_close[day]), company.decimals)
    before = trade_days(company, max(day - WEEK, 0), day - 1)
    return float(days.prices.close[before[-1]]) if before.size else company.price


@lru_cache(maxsize=64)
def _running(seed: int, company: Company, day: int, minute: int) -> Floats:
    """The prices of the 60 seconds of one minute; they open, touch the extremes and close as its bar will."""
    _, minutes = _session(seed, company, day)
    bar = Prices(*(each[0, [minute]] for each in minutes.prices))
    row = np.array([day * MINUTES + minute])
    return np.asarray(bridge(key_of(seed, company.ticker, "seconds"), row, bar, 59, company.decimals).points[0])


def _book(seed: int, company: Company, price: float, second: int) -> dict[str, object]:
    """Bid and ask around `price`, at least a tick apart, with sizes that change each second."""
    tick = 10.0**-company.decimals
    half = max(price * SPREAD / 2, tick / 2)
    at = np.array([second])
    bid_size, ask_size = (
        float(np.ceil(company.turnover / 5000 * (0.2 + uniform(key_of(seed, company.ticker, side), at)[0])))
        for side in ("bid", "ask")
    )
    bid = max(round(np.floor((price - half) / tick) * tick, company.decimals), 0.0)
    return {
        "bid": bid,
        "ask": round(bid + max(tick, 2 * half), company.decimals),
        "bid_size": bid_size,
        "ask_size": ask_size,
    }

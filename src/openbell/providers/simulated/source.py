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
from openbell.providers.simulated.companies import BY_TICKER, COMPANIES, CURRENCY, EXCHANGE, LAUNCH, Company
from openbell.providers.simulated.noise import Floats, Indices, key_of, uniform
from openbell.providers.simulated.prices import MINUTES, Days, Minutes, Prices, bridge, days_of, minutes_of
from openbell.providers.window import offered, utc_range

EPOCH = date.fromisoformat(LAUNCH)
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
        first, last = max(_day(start), 0), min(_day(end), _day(now))
        if interval == DAY:
            frame = _daily(self._days(company), np.arange(first, min(last + 1, _day(now))))
        else:
            frame = self._minutes(company, first, last).filter(pl.col("ts") < now.replace(second=0, microsecond=0))
        return conform(
            frame.filter(pl.col("ts").is_between(start, end, closed="left")).with_columns(
                symbol=pl.lit(symbol), interval=pl.lit(str(interval)), scale=pl.lit("raw"), source=pl.lit(NAME)
            ),
            BARS,
        )

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        """QUOTES as of the second of `clock()`, in the order asked; unknown symbols are left out."""
        now = self._clock().astimezone(UTC).replace(microsecond=0)
        if _day(now) < 0:
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
            [each for each in COMPANIES if wanted in f"{each.ticker} {each.name} {each.sector}".upper()]
            if wanted
            else []
        )
        found.sort(key=lambda each: (not each.ticker.startswith(wanted), wanted not in each.name.upper()))
        return frame_of(MATCHES, (_described(each) for each in found))

    def sector_of(self, symbol: str) -> str | None:
        """What a listed company does; None for what is not listed."""
        return BY_TICKER[symbol].sector if symbol in BY_TICKER else None

    def instruments(self) -> pl.DataFrame:
        """INSTRUMENTS: every listing, in the order of the watchlist; the id is the ticker."""
        extra = {"valid_from": EPOCH, "simulated": True}
        return frame_of(INSTRUMENTS, ({"id": each.ticker, **_described(each), **extra} for each in COMPANIES))

    def _days(self, company: Company) -> Days:
        """Every day so far, the running one included."""
        return days_of(self._seed, company, max(_day(self._clock()) + 1, 0))

    def _minutes(self, company: Company, first: int, last: int) -> pl.DataFrame:
        """The minute bars of the days from `first` to `last`, both included."""
        days = self._days(company)
        chunks = (np.arange(at, min(at + CHUNK, last + 1)) for at in range(first, last + 1, CHUNK))
        frames = [_minute_frame(self._seed, company, minutes_of(self._seed, company, days, day), day) for day in chunks]
        return pl.concat(frames) if frames else frame_of(BARS)


def _company(symbol: str) -> Company:
    if symbol not in BY_TICKER:
        raise UnknownSymbol(NAME, symbol)
    return BY_TICKER[symbol]


def _day(instant: datetime) -> int:
    return (instant.astimezone(UTC).date() - EPOCH).days


def _stamp(minutes: Indices) -> pl.Series:
    """UTC instants from minutes since the launch."""
    launch = (EPOCH - date(1970, 1, 1)).days * MINUTES
    return pl.Series("ts", (minutes + launch) * 60_000_000).cast(pl.Datetime("us", "UTC"))


def _daily(days: Days, day: Indices) -> pl.DataFrame:
    return pl.DataFrame({"ts": _stamp(day * MINUTES), **days.prices.at(day)._asdict(), "volume": days.volume[day]})


def _minute_frame(seed: int, company: Company, minutes: Minutes, day: Indices) -> pl.DataFrame:
    printed = (minutes.volume > 0) | minutes.bad
    stamps = (day[:, None] * MINUTES + np.arange(MINUTES))[printed]
    columns = {name: each[printed] for name, each in minutes.prices._asdict().items()}
    frame = pl.DataFrame(
        {"ts": _stamp(stamps), **columns, "volume": minutes.volume[printed], "bad": minutes.bad[printed]}
    )
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
        "exchange": EXCHANGE,
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
    day, minute = _day(now), now.hour * 60 + now.minute
    days, minutes = _session(seed, company, day)
    volume = minutes.volume[0, : minute + 1].copy()
    traded = np.flatnonzero(volume)
    closed = traded[traded < minute]
    highs, lows = minutes.prices.high[0, closed], minutes.prices.low[0, closed]
    if traded[-1] == minute:
        at, shown = now, _running(seed, company, day, minute)[: now.second + 1]
        volume[-1] = np.ceil(volume[-1] * (now.second + 1) / 60)
    else:
        at = now.replace(hour=traded[-1] // 60, minute=traded[-1] % 60, second=59)
        shown = minutes.prices.close[0, traded[-1:]]
    price = float(shown[-1])
    return {
        "symbol": company.ticker,
        "ts": at,
        "price": price,
        "previous_close": round(float(days.previous_close[day]), company.decimals),
        "open": float(minutes.prices.open[0, 0]),
        "high": float(np.append(highs, shown).max()),
        "low": float(np.append(lows, shown).min()),
        "volume": float(volume.sum()),
        **_book(seed, company, price, (day * MINUTES + minute) * 60 + now.second),
        "currency": CURRENCY,
        "source": NAME,
    }


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

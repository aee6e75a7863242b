"""Yahoo Finance as a provider: bars, quotes, splits, dividends and names, without a key."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from urllib.parse import quote

import polars as pl

from openbell.model.errors import BadResponse, NotOffered
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, MATCHES, QUOTES, conform, frame_of
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.base import Capabilities, Rate
from openbell.providers.http import Fetch, Response
from openbell.providers.window import offered, utc_range
from openbell.providers.yahoo.scale import actions_of, raw, table_of, zone_of
from openbell.providers.yahoo.wire import (
    NAME,
    Chart,
    Meta,
    Quote,
    QuoteReply,
    SearchReply,
    chart_of,
    decoded,
    is_crumb_refused,
    refusal,
)

FIVE, QUARTER, HALF, HOUR = Interval(5, "m"), Interval(15, "m"), Interval(30, "m"), Interval(1, "h")
WIRE = {MINUTE: "1m", FIVE: "5m", QUARTER: "15m", HALF: "30m", HOUR: "60m", DAY: "1d"}
REQUEST_DAYS = {MINUTE: 7, FIVE: 59, QUARTER: 59, HALF: 59, HOUR: 729}
"""The longest range that Yahoo answers in one request."""

SLACK = timedelta(days=1)
"""Yahoo's own reach is a day more than is declared, so that a caller who asks for all of it is not a moment late."""

SETTLED = timedelta(minutes=20)
"""How long after its end a bar may still change: some exchanges' trades arrive 15 minutes late."""

FRESH = timedelta(minutes=10)
"""How long the splits and dividends of a symbol are not asked for again."""

EXCHANGES = {
    "NMS": "XNAS", "NGM": "XNAS", "NCM": "XNAS", "NYQ": "XNYS", "PCX": "ARCX", "ASE": "XASE", "BTS": "BATS",
    "TOR": "XTSE", "LSE": "XLON", "PAR": "XPAR", "AMS": "XAMS", "MIL": "XMIL", "GER": "XETR", "FRA": "XFRA",
    "EBS": "XSWX", "JPX": "XTKS", "HKG": "XHKG", "ASX": "XASX", "CCC": "24/7", "CCY": "24/5",
}  # fmt: skip
"""Yahoo's codes as MICs. CCY are currencies, which trade around the clock from Monday to Friday."""

TYPES = {
    "EQUITY": "stock",
    "ETF": "etf",
    "MUTUALFUND": "fund",
    "INDEX": "index",
    "CURRENCY": "currency",
    "CRYPTOCURRENCY": "crypto",
}


class Yahoo:
    """Yahoo Finance through `fetch`; `clock` says now. Prices are as they traded, intraday with extended hours.

    A bar that may still change is not delivered. Currencies are Yahoo's, with GBp for pence.
    """

    capabilities = Capabilities(
        name=NAME,
        title="Yahoo Finance",
        bars={
            MINUTE: timedelta(days=29),
            **dict.fromkeys((FIVE, QUARTER, HALF), timedelta(days=59)),
            HOUR: timedelta(days=729),
            DAY: None,
        },
        quotes=True,
        actions=True,
        search=True,
        scale="split",
        rates=(Rate(60, timedelta(minutes=1)),),
        note="Unofficial: Yahoo may change or refuse it at any time.",
    )

    def __init__(
        self, fetch: Fetch, clock: Callable[[], datetime], *, cookie_url: str = "https://fc.yahoo.com/"
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._cookie_url = cookie_url
        self._lock = Lock()
        self._crumb = ""
        self._actions: dict[str, tuple[datetime, date, pl.DataFrame]] = {}

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """BARS of `symbol` with start <= ts < end, raw; raises ProviderError."""
        start, end = utc_range(start, end)
        offered(self.capabilities, interval)
        now = self._now()
        reach = self.capabilities.bars[interval]
        if reach is not None and start < now - reach - SLACK:
            what = f"{symbol}: bars of {interval} reach back {reach.days} days, to {now - reach:%Y-%m-%d}."
            raise NotOffered(NAME, what, remedy="Ask for a later start or a longer interval.")
        if start >= min(end, now):
            return frame_of(BARS)
        table = (
            self._daily(symbol, start) if interval == DAY else self._intraday(symbol, interval, start, min(end, now))
        )
        labelled = table.filter(pl.col("ts").is_between(start, end, closed="left")).with_columns(
            symbol=pl.lit(symbol), interval=pl.lit(str(interval)), scale=pl.lit("raw"), source=pl.lit(NAME)
        )
        return conform(labelled.sort("ts"), BARS)

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        """QUOTES of the regular session, in the order asked; symbols that Yahoo does not know are left out."""
        if not symbols:
            return frame_of(QUOTES)
        asked, now = ",".join(symbols), self._now()
        response = self._with_crumb("v7/finance/quote", {"symbols": asked})
        body = decoded(response, QuoteReply, asked, now).quote_response
        if body.error is not None or body.result is None:
            raise refusal(response, asked, now)
        by_symbol = {each.symbol: each for each in body.result if each.regular_market_price is not None}
        return frame_of(QUOTES, (_quote_row(by_symbol[symbol]) for symbol in symbols if symbol in by_symbol))

    def actions(self, symbol: str, start: date, end: date) -> pl.DataFrame:
        """ACTIONS with start <= ex_date <= end; a fund's capital gains are dividends; raises ProviderError."""
        return self._actions_since(symbol, start).filter(pl.col("ex_date").is_between(start, end))

    def search(self, text: str) -> pl.DataFrame:
        """MATCHES for a ticker, a name or an ISIN, without options and futures; raises ProviderError."""
        if not text.strip():
            return frame_of(MATCHES)
        response = self._fetch.get("v1/finance/search", {"q": text.strip(), "quotesCount": "12", "newsCount": "0"})
        found = decoded(response, SearchReply, repr(text), self._now()).quotes
        return frame_of(
            MATCHES,
            (
                {
                    "ticker": each.symbol,
                    "name": each.longname or each.shortname,
                    "exchange": EXCHANGES.get(each.exchange or ""),
                    "type": TYPES.get(each.quote_type or ""),
                    "source": NAME,
                }
                for each in found
                if each.symbol and each.quote_type in TYPES
            ),
        )

    def instrument(self, symbol: str) -> pl.DataFrame:
        """INSTRUMENTS: the one row of `symbol`, whose id is the ticker; raises ProviderError."""
        now = self._now()
        chart = self._chart(symbol, DAY, now - timedelta(days=7), now)
        return frame_of(INSTRUMENTS, () if chart is None else (_instrument_row(chart.meta),))

    def _daily(self, symbol: str, start: datetime) -> pl.DataFrame:
        """Closed days from `start` until now, labelled by their trade date; their splits come with them."""
        now = self._now()
        since = start - timedelta(days=1)
        chart = self._chart(symbol, DAY, since, now)
        if chart is None:
            return frame_of(BARS)
        actions = actions_of(chart)
        self._remember(symbol, since.date(), actions)
        days = raw(table_of(chart), actions).unique("trade_date", keep="last").filter(_day_closed(chart.meta, now))
        return days.with_columns(ts=pl.col("trade_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))

    def _intraday(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """Closed bars in as many requests as Yahoo's limits ask for; their splits come from a chart of days."""
        step, now = timedelta(days=REQUEST_DAYS[interval]), self._now()
        actions = self._actions_since(symbol, start.date() - timedelta(days=1))
        tables: list[pl.DataFrame] = []
        while start < end:
            until = min(start + step, end)
            chart = self._chart(symbol, interval, start, until)
            if chart is not None:
                tables.append(table_of(chart).filter(_bar_closed(chart.meta, interval, now)))
            start = until
        return raw(pl.concat(tables).unique("ts", keep="last"), actions) if tables else frame_of(BARS)

    def _actions_since(self, symbol: str, start: date) -> pl.DataFrame:
        now = self._now()
        asked_at, since, actions = self._actions.get(symbol, (now - FRESH, start, frame_of(ACTIONS)))
        if since <= start and asked_at <= now < asked_at + FRESH:
            return actions
        chart = self._chart(symbol, DAY, datetime(start.year, start.month, start.day, tzinfo=UTC), now)
        actions = frame_of(ACTIONS) if chart is None else actions_of(chart)
        self._remember(symbol, start, actions)
        return actions

    def _remember(self, symbol: str, since: date, actions: pl.DataFrame) -> None:
        self._actions[symbol] = (self._now(), since, actions)

    def _chart(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Chart | None:
        asked = {
            "interval": WIRE[interval],
            "period1": str(int(start.timestamp())),
            "period2": str(math.ceil(end.timestamp())),
            "events": "div,split,capitalGains",
            "includePrePost": "true" if interval.intraday else "false",
        }
        return chart_of(self._fetch.get(f"v8/finance/chart/{quote(symbol, safe='=')}", asked), symbol, self._now())

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    def _with_crumb(self, path: str, asked: dict[str, str]) -> Response:
        """The answer to a question that needs a cookie and its crumb; a crumb that is refused is renewed once."""
        with self._lock:
            self._crumb = self._crumb or self._new_crumb()
            response = self._fetch.get(path, {**asked, "crumb": self._crumb})
            if is_crumb_refused(response):
                self._crumb = self._new_crumb()
                response = self._fetch.get(path, {**asked, "crumb": self._crumb})
            if is_crumb_refused(response):
                self._crumb = ""
        return response

    def _new_crumb(self) -> str:
        self._fetch.get(self._cookie_url, {})  # answers 404, and sets the cookie that the crumb belongs to
        response = self._fetch.get("v1/test/getcrumb", {})
        crumb = response.text.strip()
        if response.status != 200:
            raise refusal(response, "a crumb", self._now())
        if not crumb or "<" in crumb or " " in crumb:
            raise BadResponse(NAME, "did not hand out a crumb, without which it gives no quotes.")
        return crumb


def _day_closed(meta: Meta, now: datetime) -> pl.Expr:
    """Whether a day's bar is final: its session ended SETTLED ago."""
    zone = zone_of(meta)
    if meta.current_trading_period is None:
        return pl.col("trade_date") < now.astimezone(zone).date()
    regular = meta.current_trading_period.regular
    session = datetime.fromtimestamp(regular.start, zone).date()
    over = now >= datetime.fromtimestamp(regular.end, UTC) + SETTLED
    return pl.col("trade_date") <= session if over else pl.col("trade_date") < session


def _bar_closed(meta: Meta, interval: Interval, now: datetime) -> pl.Expr:
    """Whether an intraday bar is final: trades after it are known, or it ended SETTLED ago.

    The running bar is stamped with its last trade instead of its start, hence off the grid.
    """
    known = min(max(datetime.fromtimestamp(meta.regular_market_time or 0, UTC), now - SETTLED), now)
    grid_us = int(min(interval.length, QUARTER.length).total_seconds()) * 1_000_000
    on_grid = pl.col("ts").dt.epoch("us") % grid_us == 0
    return on_grid & (pl.col("ts") + interval.length <= known)


def _quote_row(said: Quote) -> dict[str, object]:
    at = said.regular_market_time
    return {
        "symbol": said.symbol,
        "ts": None if at is None else datetime.fromtimestamp(at, UTC),
        "price": said.regular_market_price,
        "previous_close": said.regular_market_previous_close,
        "open": said.regular_market_open,
        "high": said.regular_market_day_high,
        "low": said.regular_market_day_low,
        "volume": said.regular_market_volume,
        "bid": said.bid or None,  # 0 while the book is closed
        "ask": said.ask or None,
        "bid_size": said.bid_size,
        "ask_size": said.ask_size,
        "currency": said.currency,
        "source": NAME,
    }


def _instrument_row(meta: Meta) -> dict[str, object]:
    return {
        "id": meta.symbol,
        "ticker": meta.symbol,
        "name": meta.long_name or meta.short_name,
        "exchange": EXCHANGES.get(meta.exchange_name or ""),
        "currency": meta.currency,
        "type": TYPES.get(meta.instrument_type or ""),
        "simulated": False,
        "source": NAME,
    }

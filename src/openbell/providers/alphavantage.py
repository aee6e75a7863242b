"""Alpha Vantage: bars, quotes, splits, dividends and names for the holder of a key."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from openbell.model.errors import BadResponse, NotEntitled, NotOffered, ProviderError, RateLimited, UnknownSymbol
from openbell.model.factors import kind_of_factor
from openbell.model.frames import ACTIONS, BARS, MATCHES, QUOTES, conform, frame_of
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.base import Capabilities, Rate
from openbell.providers.http import Fetch, Response, redacted, retry_after_s
from openbell.providers.window import offered, utc_range

NAME = "alphavantage"
EASTERN = ZoneInfo("US/Eastern")
"""Alpha Vantage's stamps are New York wall clock without a zone, whatever the exchange."""

WIRE = {MINUTE: "1min", Interval(5, "m"): "5min", Interval(15, "m"): "15min", Interval(30, "m"): "30min"}
WIRE[Interval(1, "h")] = "60min"
FIRST_MONTH = date(2000, 1, 1)
COMPACT_DAYS = 130
"""Calendar days that the 100 sessions of a compact answer surely cover; all of history takes a paid plan."""

SETTLED = timedelta(minutes=20)
"""How long after its end a bar may still change: what a plan does not give in real time comes 15 minutes late."""

CLOSE = time(16)
KEPT_MONTHS = 12
BAR_COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
KEY_PHRASES = ("apikey is invalid", "invalid api key", "demo** api key", "demo api key")
TYPES = {"Equity": "stock", "ETF": "etf", "Mutual Fund": "fund"}
REGIONS = {
    "United Kingdom": "XLON",
    "Frankfurt": "XFRA",
    "XETRA": "XETR",
    "Paris": "XPAR",
    "Amsterdam": "XAMS",
    "Toronto": "XTSE",
}
"""Where a region has one exchange; `United States` does not say which."""


class AlphaVantage:
    """Alpha Vantage through `fetch` with `key`; `clock` says now. Prices are as traded, intraday with extended hours.

    The key is part of every address; it never reaches a message. Intraday bars come by the month, one call each.
    """

    capabilities = Capabilities(
        name=NAME,
        title="Alpha Vantage",
        bars={**dict.fromkeys(WIRE), DAY: None},
        quotes=True,
        actions=True,
        search=True,
        rates=(Rate(25, timedelta(days=1)), Rate(1, timedelta(seconds=1))),
        delay=timedelta(minutes=15),
        needs_key=True,
        note="A free key allows 25 calls a day and the last 100 days; intraday bars take a paid plan.",
    )

    def __init__(self, fetch: Fetch, key: str, clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._key = key
        self._clock = clock
        self._months: dict[tuple[str, Interval, date], pl.DataFrame] = {}
        self._actions: dict[str, tuple[date, pl.DataFrame]] = {}
        self._answered: set[str] = set()

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """BARS of `symbol` with start <= ts < end, as traded; raises ProviderError."""
        start, end = utc_range(start, end)
        offered(self.capabilities, interval)
        end = min(end, self._now())
        if start >= end:
            return frame_of(BARS)
        table = self._daily(symbol, start) if interval == DAY else self._intraday(symbol, interval, start, end)
        labelled = table.filter(pl.col("ts").is_between(start, end, closed="left")).with_columns(
            symbol=pl.lit(symbol), interval=pl.lit(str(interval)), scale=pl.lit("raw"), source=pl.lit(NAME)
        )
        return conform(labelled.unique("ts", keep="last").sort("ts"), BARS)

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        """QUOTES, one call per symbol; symbols that Alpha Vantage does not know are left out."""
        return frame_of(QUOTES, (row for symbol in symbols for row in self._quote(symbol)))

    def actions(self, symbol: str, start: date, end: date) -> pl.DataFrame:
        """ACTIONS with start <= ex_date <= end, in two calls a day and symbol; raises ProviderError."""
        today = self._now().astimezone(EASTERN).date()
        asked_on, actions = self._actions.get(symbol, (None, frame_of(ACTIONS)))
        if asked_on != today:
            actions = pl.concat([self._splits(symbol), self._dividends(symbol)]).sort("ex_date", "kind")
            self._actions[symbol] = (today, actions)
        return actions.filter(pl.col("ex_date").is_between(start, end))

    def search(self, text: str) -> pl.DataFrame:
        """MATCHES for a ticker or a name; raises ProviderError."""
        if not text.strip():
            return frame_of(MATCHES)
        found = self._table(
            "SYMBOL_SEARCH", repr(text), ("symbol", "name", "type", "region", "currency"), keywords=text
        )
        return conform(
            found.with_columns(
                pl.col("symbol").alias("ticker"),
                pl.col("type").replace_strict(TYPES, default=None, return_dtype=pl.String),
                pl.col("region").replace_strict(REGIONS, default=None, return_dtype=pl.String).alias("exchange"),
                pl.lit(NAME).alias("source"),
            ),
            MATCHES,
        )

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    def _daily(self, symbol: str, start: datetime) -> pl.DataFrame:
        now = self._now().astimezone(EASTERN)
        size = "compact" if start > now - timedelta(days=COMPACT_DAYS) else "full"
        days = self._table("TIME_SERIES_DAILY", symbol, BAR_COLUMNS, symbol=symbol, outputsize=size)
        closed = now.date() if now >= datetime.combine(now.date(), CLOSE, EASTERN) + SETTLED else _day_before(now)
        day = pl.col("timestamp").str.to_date("%Y-%m-%d")
        ts = day.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias("ts")
        return self._priced(days, symbol, ts).filter(pl.col("ts").dt.date() <= closed)

    def _intraday(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        months = list(_months(start.astimezone(EASTERN).date(), end.astimezone(EASTERN).date()))
        if months[0] < FIRST_MONTH:
            raise NotOffered(NAME, f"{symbol}: bars of {interval} begin in {FIRST_MONTH:%B %Y}.")
        table = pl.concat(list(self._listed_months(symbol, interval, months)))
        return table.filter(pl.col("ts") + interval.length <= self._now() - SETTLED)

    def _listed_months(self, symbol: str, interval: Interval, months: Sequence[date]) -> Iterator[pl.DataFrame]:
        """The bars of each month, newest first, back to the listing; raises UnknownSymbol where no month is known.

        Alpha Vantage calls a month before the listing an invalid call, as it does an unknown symbol.
        """
        for month in reversed(months):
            try:
                yield self._month(symbol, interval, month)
            except UnknownSymbol:
                if symbol not in self._answered:
                    raise
                yield frame_of(BARS).select("ts", *BAR_COLUMNS[1:])
                return
            self._answered.add(symbol)

    def _month(self, symbol: str, interval: Interval, month: date) -> pl.DataFrame:
        """The bars of one month; a month that is over is asked for once."""
        key = (symbol, interval, month)
        if key in self._months:
            return self._months[key]
        rows = self._table(
            "TIME_SERIES_INTRADAY",
            symbol,
            BAR_COLUMNS,
            symbol=symbol,
            interval=WIRE[interval],
            month=f"{month:%Y-%m}",
            adjusted="false",
            extended_hours="true",
            outputsize="full",
        )
        naive = pl.col("timestamp").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
        bars = self._priced(
            rows, symbol, naive.dt.replace_time_zone("US/Eastern").dt.convert_time_zone("UTC").alias("ts")
        )
        if self._now().astimezone(EASTERN).date() > month + timedelta(days=32):
            self._months[key] = bars
            while len(self._months) > KEPT_MONTHS:
                self._months.pop(next(iter(self._months)))
        return bars

    def _quote(self, symbol: str) -> Iterator[dict[str, object]]:
        """The quote of `symbol`, if it is known. The vendor names its day only: it counts as of that day's close."""
        columns = ("symbol", "open", "high", "low", "price", "volume", "latestDay", "previousClose")
        try:
            rows = self._table("GLOBAL_QUOTE", symbol, columns, symbol=symbol)
        except UnknownSymbol:
            return
        numbers = self._numbers(rows, symbol, ("open", "high", "low", "price", "volume", "previousClose"))
        for row in numbers.filter(pl.col("price").is_not_null()).to_dicts():
            closed = datetime.combine(date.fromisoformat(row["latestDay"]), CLOSE, EASTERN).astimezone(UTC)
            known = {name: row[name] for name in ("open", "high", "low", "price", "volume")}
            ts = min(closed, self._now())
            yield {"symbol": symbol, "ts": ts, "previous_close": row["previousClose"], "source": NAME, **known}

    def _splits(self, symbol: str) -> pl.DataFrame:
        rows = self._table("SPLITS", symbol, ("effective_date", "split_factor"), symbol=symbol)
        numbers = self._numbers(rows, symbol, ("split_factor",))
        factors = numbers.filter(pl.col("split_factor") > 0).rename({"split_factor": "ratio"})
        kinds = [kind_of_factor(factor) for factor in factors["ratio"]]
        return _acted(factors.with_columns(_day("effective_date"), pl.Series("kind", kinds, dtype=pl.String)), symbol)

    def _dividends(self, symbol: str) -> pl.DataFrame:
        rows = self._table("DIVIDENDS", symbol, ("ex_dividend_date", "amount"), symbol=symbol)
        paid = self._numbers(rows, symbol, ("amount",)).with_columns(_day("ex_dividend_date"))
        known = paid.filter(pl.col("ex_date").is_not_null() & (pl.col("amount") > 0))
        by_day = known.group_by("ex_date").agg(
            pl.sum("amount").round(6)
        )  # a special dividend may fall on the usual day
        return _acted(by_day.with_columns(kind=pl.lit("dividend")), symbol)

    def _priced(self, rows: pl.DataFrame, asked: str, ts: pl.Expr) -> pl.DataFrame:
        prices = BAR_COLUMNS[1:]
        try:
            return self._numbers(rows, asked, prices).select(ts, *prices).sort("ts")
        except pl.exceptions.PolarsError as error:
            raise BadResponse(NAME, f"a stamp in its answer about {asked} cannot be read.") from error

    def _numbers(self, rows: pl.DataFrame, asked: str, columns: Sequence[str]) -> pl.DataFrame:
        absent = ("", "None", "null", "-")
        try:
            return rows.with_columns(
                pl.when(~pl.col(name).is_in(absent)).then(pl.col(name)).cast(pl.Float64).alias(name) for name in columns
            )
        except pl.exceptions.PolarsError as error:
            raise BadResponse(NAME, f"a number in its answer about {asked} cannot be read.") from error

    def _table(self, function: str, asked: str, columns: Sequence[str], **parameters: str) -> pl.DataFrame:
        """The answer as a table of text with `columns`; raises the ProviderError that the answer amounts to."""
        query = {"function": function, **parameters, "datatype": "csv", "apikey": self._key}
        response = self._fetch.get("query", query)
        if response.status != 200:
            raise self._refused(response, asked)
        # Errors come with status 200, and as JSON also where CSV was asked for; so do some data.
        rows = self._rows(response, asked, columns) if response.text.lstrip().startswith("{") else _csv(response.text)
        if rows is None or not set(columns) <= set(rows.columns):
            raise BadResponse(NAME, f"what it answered about {asked} is not a table of {', '.join(columns)}.")
        return rows

    def _refused(self, response: Response, asked: str) -> ProviderError:
        if response.status == 429:
            wait = retry_after_s(response, self._now(), default=60.0)
            return RateLimited(NAME, f"too many requests; the last asked about {asked}.", retry_after=wait)
        if response.status in {401, 403}:
            return NotEntitled(
                NAME, f"refused to answer about {asked} (HTTP {response.status}).", remedy="Check the key."
            )
        return BadResponse(NAME, f"answered HTTP {response.status} about {asked}.")

    def _rows(self, response: Response, asked: str, columns: Sequence[str]) -> pl.DataFrame | None:
        """A JSON body as a table; raises the ProviderError of a message.

        An empty object is how it says `unknown`; an empty list of `data`, that there were no splits or dividends.
        """
        try:
            body = msgspec.json.decode(response.text, type=dict[str, object])
        except msgspec.DecodeError as error:
            raise BadResponse(NAME, f"what it answered about {asked} is cut off or not JSON.") from error
        for title in ("Note", "Information", "Error Message"):
            if isinstance(body.get(title), str):
                raise self._said(str(body[title]), asked)
        if body.get("data") == []:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        series = next((each for title, each in body.items() if "Time Series" in title or title == "Global Quote"), None)
        if not body or series == {}:
            raise UnknownSymbol(NAME, asked)
        return _from_series(series) if isinstance(series, dict) and "Global Quote" not in body else None

    def _said(self, message: str, asked: str) -> ProviderError:
        """The error that Alpha Vantage's sentence means; the sentence may hold the key."""
        said, text = redacted(message, self._key), message.lower()
        if any(phrase in text for phrase in KEY_PHRASES):
            return NotEntitled(
                NAME, f"refuses the key: {said}", remedy="Set OPENBELL_ALPHAVANTAGE_KEY to a key of yours."
            )
        if "is a premium" in text:  # limits advertise the premium plans, too
            return NotEntitled(NAME, f"{asked} takes a paid plan: {said}")
        wait = self._wait_s(text)
        if wait is not None:
            return RateLimited(NAME, said, retry_after=wait)
        if "invalid api call" in text:
            return UnknownSymbol(NAME, asked)
        return BadResponse(NAME, f"answered about {asked}: {said}")

    def _wait_s(self, text: str) -> float | None:
        """The seconds that a limit asks us to wait, of the shortest it names; None if `text` speaks of no limit."""
        if "per second" in text:
            return 1.0
        if "per minute" in text:
            return 60.0
        if "per day" in text:
            now = self._now().astimezone(EASTERN)
            midnight = datetime.combine(now.date() + timedelta(days=1), time(0), EASTERN)
            return (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
        return 60.0 if "rate limit" in text or "call frequency" in text else None


def _csv(text: str) -> pl.DataFrame | None:
    try:
        return pl.read_csv(io.StringIO(text), infer_schema=False)
    except pl.exceptions.PolarsError:
        return None


def _from_series(series: Mapping[object, object]) -> pl.DataFrame:
    """`{"2020-05-08": {"1. open": "122.67", ...}}` as the table that CSV would have been."""
    rows = [
        {"timestamp": str(stamp), **{str(name).partition(". ")[2]: str(text) for name, text in values.items()}}
        for stamp, values in series.items()
        if isinstance(values, dict)
    ]
    return pl.DataFrame(rows)


def _acted(rows: pl.DataFrame, symbol: str) -> pl.DataFrame:
    return conform(rows.with_columns(symbol=pl.lit(symbol), source=pl.lit(NAME)), ACTIONS)


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False).alias("ex_date")


def _day_before(now: datetime) -> date:
    return now.date() - timedelta(days=1)


def _months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from `first` to `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)

"""What Yahoo says, typed: charts, quotes, search results, and its many ways to say no."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from openbell.model.errors import BadResponse, NotOffered, ProviderError, RateLimited, UnknownSymbol
from openbell.providers.http import Response, redacted, retry_after_s

NAME = "yahoo"
PAUSE_S = 3600.0
"""How long an address is usually shut out after a 429 without `Retry-After`."""

Reply = TypeVar("Reply")
Numbers = list[float | None]


class Complaint(msgspec.Struct):
    """The `error` object of a reply."""

    code: str = ""
    description: str = ""


class Period(msgspec.Struct):
    """A part of the trading day; POSIX seconds."""

    start: int
    end: int


class Periods(msgspec.Struct):
    """The running trading day, or the nearest."""

    regular: Period


class Meta(msgspec.Struct, rename="camel"):
    """What a chart says of its instrument."""

    symbol: str
    currency: str | None = None
    exchange_name: str | None = None
    instrument_type: str | None = None
    exchange_timezone_name: str = "UTC"
    regular_market_time: int | None = None
    long_name: str | None = None
    short_name: str | None = None
    current_trading_period: Periods | None = None


class Dividend(msgspec.Struct):
    """Cash per share on the scale of today's shares."""

    amount: float
    date: int


class Split(msgspec.Struct):
    """`numerator` new shares for `denominator` old ones."""

    numerator: float
    denominator: float
    date: int


class Events(msgspec.Struct, rename="camel"):
    """What happened in the charted range; the keys repeat the dates."""

    dividends: dict[str, Dividend] = {}
    splits: dict[str, Split] = {}
    capital_gains: dict[str, Dividend] = {}


class Columns(msgspec.Struct):
    """Prices and volumes; absent where nothing traded in the range."""

    open: Numbers | None = None
    high: Numbers | None = None
    low: Numbers | None = None
    close: Numbers | None = None
    volume: Numbers | None = None


class Indicators(msgspec.Struct):
    """The wrapper around the columns."""

    quote: list[Columns] = []


class Chart(msgspec.Struct):
    """One charted symbol."""

    meta: Meta
    indicators: Indicators
    timestamp: list[int] | None = None
    events: Events | None = None


class ChartResult(msgspec.Struct):
    """`chart`: a result or an error."""

    result: list[Chart] | None = None
    error: Complaint | None = None


class ChartReply(msgspec.Struct):
    """The whole body of v8/finance/chart."""

    chart: ChartResult


class Quote(msgspec.Struct, rename="camel"):
    """One symbol of v7/finance/quote."""

    symbol: str
    regular_market_time: int | None = None
    regular_market_price: float | None = None
    regular_market_previous_close: float | None = None
    regular_market_open: float | None = None
    regular_market_day_high: float | None = None
    regular_market_day_low: float | None = None
    regular_market_volume: float | None = None
    bid: float | None = None
    ask: float | None = None
    bid_size: float | None = None
    ask_size: float | None = None
    currency: str | None = None


class QuoteResult(msgspec.Struct):
    """`quoteResponse`: a result or an error."""

    result: list[Quote] | None = None
    error: Complaint | None = None


class QuoteReply(msgspec.Struct, rename={"quote_response": "quoteResponse"}):
    """The whole body of v7/finance/quote."""

    quote_response: QuoteResult


class Found(msgspec.Struct, rename={"quote_type": "quoteType"}):
    """One search result; news and navigation entries have no symbol."""

    symbol: str = ""
    exchange: str | None = None
    quote_type: str | None = None
    longname: str | None = None
    shortname: str | None = None


class SearchReply(msgspec.Struct):
    """The whole body of v1/finance/search."""

    quotes: list[Found]


def decoded(response: Response, reply: type[Reply], asked: str, now: datetime) -> Reply:
    """The body of an answer to a question about `asked`; raises the ProviderError that the answer amounts to."""
    if response.status != 200:
        raise refusal(response, asked, now)
    try:
        return msgspec.json.decode(response.text, type=reply)
    except msgspec.DecodeError as error:
        raise BadResponse(
            NAME, f"what it answered about {asked} cannot be read ({_glimpse(response.text)})."
        ) from error


def chart_of(response: Response, symbol: str, now: datetime) -> Chart | None:
    """The chart of `symbol`; None where it is known but did not exist in the range."""
    if response.status == 400 and "Data doesn't exist" in response.text:
        return None
    body = decoded(response, ChartReply, symbol, now).chart
    if body.error is not None:
        raise refusal(response, symbol, now)
    if not body.result:
        raise UnknownSymbol(NAME, symbol)
    return body.result[0]


def refusal(response: Response, asked: str, now: datetime) -> ProviderError:
    """What Yahoo means by an answer that is not data."""
    said = _complaint(response)
    if response.status == 429 or said.code == "Too Many Requests":
        wait = retry_after_s(response, now, default=PAUSE_S)
        return RateLimited(NAME, f"too many requests; the last asked about {asked}.", retry_after=wait)
    if response.status == 404 or said.code == "Not Found":
        return UnknownSymbol(NAME, asked)
    if response.status == 422 or said.code == "Unprocessable Entity":
        return NotOffered(NAME, f"{asked}: {said.description or 'the range is not offered.'}")
    glimpse = said.description or _glimpse(response.text)
    return BadResponse(NAME, f"answered HTTP {response.status} about {asked} ({glimpse}).")


def is_crumb_refused(response: Response) -> bool:
    """Whether the crumb, Yahoo's proof of a cookie, is no longer valid."""
    return response.status == 401 and "crumb" in response.text.lower()


def _complaint(response: Response) -> Complaint:
    try:
        body = msgspec.json.decode(response.text, type=dict[str, ChartResult])
    except msgspec.DecodeError:
        return Complaint()
    return next((each.error for each in body.values() if each.error is not None), Complaint())


def _glimpse(text: str) -> str:
    return repr(redacted(" ".join(text.split()))[:80]) if text.strip() else "an empty body"

"""Yahoo as a small market: charts from tables, and a server that answers for one symbol."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from contracts.provider import SECRET
from openbell.model.interval import DAY
from openbell.providers.http import Browser
from openbell.providers.yahoo import Yahoo
from recorded import Answer, Answers, Asked, Vendor, vendor

NOW = datetime(2025, 2, 20, 12, tzinfo=UTC)
NOT_FOUND = Answer(
    json.dumps({"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}}), 404
)
CRUMB_REFUSED = Answer(
    json.dumps({"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}), 401
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def chart(
    rows: str,
    *,
    symbol: str = "ACME",
    zone: str = "America/New_York",
    events: Mapping[str, Any] | None = None,
    session: tuple[str, str] = ("2025-02-20 09:30", "2025-02-20 16:00"),
    traded: str = "2025-02-19 16:00:01",
    **meta: str,
) -> Answer:
    """A chart as Yahoo sends it: a line is a local time, then open, high, low, close and volume (`-` for null)."""

    def at(text: str) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())

    lines = [line.split() for line in rows.strip().splitlines() if line.strip()]
    values = [[None if text == "-" else float(text) for text in line[2:]] for line in lines]
    names = ("open", "high", "low", "close", "volume")
    columns = {name: [row[place] for row in values] for place, name in enumerate(names)} if lines else {}
    timed = {
        kind: {str(at(each["date"])): {**each, "date": at(each["date"])} for each in found}
        for kind, found in (events or {}).items()
    }
    result = {
        "meta": {
            "symbol": symbol,
            "currency": "USD",
            "exchangeName": "NMS",
            "instrumentType": "EQUITY",
            "exchangeTimezoneName": zone,
            "regularMarketTime": at(traded),
            "longName": "Acme Anvils",
            "currentTradingPeriod": {"regular": {"start": at(session[0]), "end": at(session[1])}},
            **meta,
        },
        "timestamp": [at(f"{line[0]} {line[1]}") for line in lines],
        "events": timed,
        "indicators": {"quote": [columns]},
    }
    return Answer(json.dumps({"chart": {"result": [result], "error": None}}))


@contextmanager
def yahoo(answers: Answers | Answer, now: datetime = NOW) -> Iterator[tuple[Yahoo, Vendor]]:
    """Yahoo, spoken to over a socket."""
    always = answers
    with vendor(always if callable(always) else lambda _: always) as server:
        fetch = Browser("yahoo", server.url)
        try:
            yield Yahoo(fetch, lambda: now, cookie_url=f"{server.url}/cookie"), server
        finally:
            fetch.close()


def daily(answer: Answer, start: datetime, end: datetime = NOW, *, now: datetime = NOW) -> pl.DataFrame:
    with yahoo(answer, now) as (provider, _):
        return provider.bars("ACME", DAY, start, end)


DAYS = chart(
    """
    2025-02-12 09:30 10.0 11.0  9.5 10.5 1000
    2025-02-13 09:30 10.5 12.0 10.5 11.5 2000
    2025-02-14 09:30 11.5 11.8 11.0 11.2 1500
    2025-02-18 09:30  5.7  5.9  5.5  5.6 4000""",
    events={
        "splits": [{"date": "2025-02-18 09:30", "numerator": 2, "denominator": 1}],
        "dividends": [{"date": "2025-02-13 09:30", "amount": 0.1}],
    },
)
MINUTES = chart(
    """
    2025-02-19 09:30 5.60 5.61 5.60 5.61 100
    2025-02-19 09:31 5.61 5.63 5.61 5.62 150
    2025-02-19 09:33 5.62 5.62 5.58 5.59 300"""
)
FOUND = {
    "quotes": [
        {"symbol": "ACME", "quoteType": "EQUITY", "exchange": "NYQ", "longname": "Acme Anvils", "shortname": "Acme"},
        {"symbol": "ACME250620C00200000", "quoteType": "OPTION", "exchange": "OPR", "shortname": "ACME call"},
        {"symbol": "ACMX", "quoteType": "ETF", "exchange": "XXX", "shortname": "Acme 2x"},
        {"index": "news", "isYahooFinance": False},
    ]
}
QUOTED = {"symbol": "ACME", "regularMarketTime": 1739998801, "regularMarketPrice": 5.59, "bid": 0, "ask": 5.6}


def everything(asked: Asked) -> Answer:
    """Yahoo as a whole, for one symbol."""
    if asked.path == "/cookie":
        return Answer("", 404, {"Set-Cookie": "A3=1; Path=/"})
    if asked.path == "/v1/test/getcrumb":
        return Answer(SECRET)
    if asked.path == "/v7/finance/quote":
        result = [QUOTED] if "ACME" in asked.query["symbols"].split(",") and asked.query["crumb"] == SECRET else []
        return Answer(json.dumps({"quoteResponse": {"result": result, "error": None}}))
    if asked.path == "/v1/finance/search":
        return Answer(json.dumps(FOUND))
    if asked.path != "/v8/finance/chart/ACME":
        return NOT_FOUND
    if asked.query["interval"] == "1d":
        return DAYS
    since, until = int(asked.query["period1"]), int(asked.query["period2"])
    in_range = since <= utc(2025, 2, 19, 14, 33).timestamp() and until > utc(2025, 2, 19, 14, 30).timestamp()
    return MINUTES if in_range else chart("")

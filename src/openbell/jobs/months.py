"""Backfills by month: newest first, one call's worth at a time, gone on with wherever it was left."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from openbell.desk import Desk
from openbell.history.stretch import instant
from openbell.ingest.storing import Stored
from openbell.ingest.upkeep import fetch_within_reach
from openbell.jobs.troubles import Troubles
from openbell.model.errors import InvalidInput, NotEntitled, NotOffered, UnknownSymbol
from openbell.model.interval import Interval
from openbell.model.sessions import FIRST
from openbell.model.symbols import ticker_of
from openbell.model.words import counted
from openbell.store.backfillbook import Backfill, BackfillBook
from openbell.store.jobbook import Progress, Tell

MONTHS_OF = {True: ZoneInfo("America/New_York"), False: ZoneInfo("UTC")}
"""Whose months they are: of intraday bars those that Alpha Vantage cuts its history into; a day's bar is a date."""


def ask_for(desk: Desk, symbol: str, first: str, last: str | None, interval: str) -> Backfill:
    """Have the months from `first` to `last` (default: this one) fetched; raises InvalidInput for what cannot be.

    Both are written 2020-01; a whole date names its month.
    """
    ticker, length = ticker_of(symbol), Interval.parse(interval)
    if not any(length in each.bars for each in desk.capabilities):
        raise InvalidInput("interval", f"No vendor of this desk has bars of {length}.", remedy="Ask for 1m or 1d.")
    today = desk.clock().date()
    begin, end = _month("from", first), _month("to", last) if last else today.replace(day=1)
    if not FIRST <= begin <= end <= today:
        raise InvalidInput(
            "from", f"From {begin:%Y-%m} to {end:%Y-%m} is no range of past months.", remedy="Write 2020-01."
        )
    return BackfillBook(desk.ledger).add(ticker, str(length), begin, end, desk.clock())


def withdraw(desk: Desk, symbol: str) -> int:
    """Have nothing more fetched for the open backfills of a symbol; returns how many there were."""
    mine = [backfill for backfill in open_backfills(desk) if backfill.symbol == symbol.strip().upper()]
    return sum(BackfillBook(desk.ledger).withdraw(backfill.id) for backfill in mine)


def open_backfills(desk: Desk) -> list[Backfill]:
    """Those with months left."""
    return BackfillBook(desk.ledger).open()


def work_off(desk: Desk, tell: Tell) -> str:
    """Fetch what the open backfills ask for; raises as `Troubles.tell` does, once each has been tried."""
    todo, said = open_backfills(desk), list[str]()
    troubles = Troubles(len(todo), "backfill")
    for backfill in todo:
        with troubles.of(f"{backfill.symbol} {backfill.first:%Y-%m} to {backfill.last:%Y-%m}, {backfill.interval}"):
            said.append(_fetch(desk, backfill, tell))
    troubles.tell(" ".join(said))
    return " ".join(said) or "Nothing was asked for: `openbell job backfill AAPL --from 2020-01`."


def _fetch(desk: Desk, backfill: Backfill, tell: Tell) -> str:
    """Fetch the months that are left, until there are none or no vendor has any."""
    book, interval = BackfillBook(desk.ledger), Interval.parse(backfill.interval)
    left, total, rows, missing = book.left(backfill), len(backfill.months), 0, ""
    done = total - len(left)
    for months in _calls(left, interval):
        if not book.is_open(backfill):
            return f"{backfill.symbol}: {counted(rows, 'bar')} stored, and what is left was withdrawn."
        tell(Progress(done, total, f"{backfill.symbol} {months[-1]:%Y-%m}"))
        try:
            stored = _fetch_months(desk, backfill.symbol, interval, months)
        except (NotOffered, NotEntitled, UnknownSymbol) as error:
            # What nobody has of this month (it takes another plan, or is before the listing), nobody has of older ones.
            missing = f"Nothing from {months[0]:%Y-%m} back: {error}"
            break
        book.fetched(backfill, months, stored.rows, desk.clock())
        rows, done = rows + stored.rows, done + len(months)
    detail = f"{done} of {counted(total, 'month')} fetched. {missing}".strip()
    book.finish(backfill, "done" if done else "failed", detail)
    return f"{backfill.symbol}: {counted(rows, 'bar')} stored, {detail}"


def _calls(left: tuple[date, ...], interval: Interval) -> list[tuple[date, ...]]:
    """The months that are fetched at once: one, or all of days, which vendors send together."""
    if interval.intraday:
        return [(month,) for month in left]
    return [left] if left else []


def _fetch_months(desk: Desk, symbol: str, interval: Interval, months: tuple[date, ...]) -> Stored:
    """Fetch from the first day of the last of `months` to the last day of the first one, or to now."""
    zone = MONTHS_OF[interval.intraday]
    start, following = months[-1], (months[0] + timedelta(days=32)).replace(day=1)
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (start, following))
    until = min(end - timedelta.resolution, desk.clock())
    return fetch_within_reach(
        desk.lake, desk.vendors, desk.capabilities, symbol, interval, begin, until, clock=desk.clock
    )


def _month(field: str, text: str) -> date:
    return instant(field, f"{text}-01" if len(text) == 7 else text).date().replace(day=1)

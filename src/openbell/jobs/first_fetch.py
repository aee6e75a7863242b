"""The first history of every watched symbol; what comes later is the nightly upkeep's."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from openbell.desk import Desk
from openbell.ingest.fetching import fetch_bars
from openbell.ingest.storing import Stored
from openbell.model.errors import OpenbellError, RateLimited, UnknownSymbol
from openbell.model.interval import DAY, MINUTE
from openbell.model.words import counted
from openbell.rulebook import Rulebook
from openbell.settings import WATCHED
from openbell.store.ledger import Fetch, FetchState
from openbell.store.watchbook import WatchBook

log = logging.getLogger(__name__)

FIRST_DAYS, FIRST_MINUTES = timedelta(days=5 * 366), timedelta(days=7)
RETRY_AFTER = timedelta(minutes=15)
"""How long a failed fetch waits, where the vendor names no time."""


def waiting(desk: Desk) -> list[str]:
    """The symbols that were never fetched, or whose next try has come: those watched, or to be watched at first, and
    those of rules."""
    done, book = {f.symbol: f for f in desk.ledger.fetches()}, WatchBook(desk.ledger)
    listed = {s for w in book.lists() for s in w.symbols} if book.begun() else {*WATCHED}
    listed |= Rulebook(desk).watched()
    now = desk.clock()
    real = (symbol for symbol in sorted(listed) if not desk.invents(symbol))
    return [symbol for symbol in real if symbol not in done or _due(done[symbol], now)]


def watch_vendors(desk: Desk) -> list[Fetch]:
    """Fetch every symbol that waits for it; one state per symbol."""
    WatchBook(desk.ledger).begin(WATCHED)
    return [fetch_symbol(desk, symbol) for symbol in waiting(desk)]


def _due(fetch: Fetch, now: datetime) -> bool:
    if fetch.state in {"unknown", "imported", "done"}:
        return False
    if fetch.state in {"waiting", "running"}:  # one that runs when this is asked was cut off by the end of its process
        return True
    return fetch.next_try is None or now >= fetch.next_try


def fetch_symbol(desk: Desk, symbol: str) -> Fetch:
    """Fetch the first history of `symbol`: days, then recent minutes; its state is kept in the ledger."""
    state = Fetch(symbol, "history", "running", "Fetching prices.", 0, None, desk.clock())
    desk.ledger.save_fetch(state)
    now, total = desk.clock(), Stored()
    try:
        for interval, span in ((DAY, FIRST_DAYS), (MINUTE, FIRST_MINUTES)):
            total += fetch_bars(desk.lake, desk.vendors, symbol, interval, now - span, now, clock=desk.clock)
        detail = " ".join((f"{counted(total.rows, 'bar')} stored.", *total.notes))
        state = replace(state, state="done", detail=detail, rows=total.rows, at=desk.clock())
    except OpenbellError as error:
        state = _failed(state, error, desk.clock())
    except Exception as error:  # one symbol's trouble must not keep the others waiting; the trace is in the log
        log.exception("fetching %s failed", symbol)
        unforeseen = OpenbellError(f"{symbol} could not be stored: {type(error).__name__}.", remedy="The log has more.")
        state = _failed(state, unforeseen, desk.clock())
    desk.ledger.save_fetch(state)
    return state


def _failed(fetch: Fetch, error: OpenbellError, now: datetime) -> Fetch:
    kind: FetchState = "failed"
    next_try: datetime | None = now + RETRY_AFTER
    if isinstance(error, RateLimited):
        kind, next_try = "rate_limited", now + timedelta(seconds=error.retry_after)
    elif isinstance(error, UnknownSymbol):
        kind, next_try = "unknown", None
    return replace(fetch, state=kind, detail=str(error), next_try=next_try, at=now)

"""Watchlists: the symbols a person follows, in their order, on lists of their own."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheCaller, TheDesk, allow
from openbell.api.owned import Right, seen_by, watchlist_for
from openbell.api.shapes import Number
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.symbols import ticker_of
from openbell.store.ledger import Fetch
from openbell.store.watchbook import ChangedMeanwhile, WatchBook
from openbell.store.watchbook import Watchlist as StoredWatchlist

router = APIRouter(tags=["watchlists"])

MOST = 500
LONGEST_NAME = 60


class Watchlist(BaseModel):
    """A named list of tickers; `right` is what the caller may do with it, `version` grows by one with each change."""

    id: int
    name: str
    symbols: list[str]
    right: Right
    version: int


class Watchlists(BaseModel):
    """The caller's own in their order, then those that others share."""

    watchlists: list[Watchlist]


class NewWatchlist(BaseModel):
    """A new watchlist."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    symbols: list[str] = []


class WatchlistChange(BaseModel):
    """What to change; what is absent stays. With `version`, only while the list still has it."""

    name: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    symbols: list[str] | None = None
    version: int | None = None


class WatchlistOrder(BaseModel):
    """The numbers of all of the caller's own lists."""

    order: list[int]


@router.get("/watchlists", dependencies=[allow(Role.VIEWER)])
def watchlists(desk: TheDesk, caller: TheCaller) -> Watchlists:
    """The caller's watchlists, and those that others share."""
    return Watchlists(watchlists=[_shape(each, right) for each, right in seen_by(desk, caller)])


@router.post("/watchlists", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_watchlist(desk: TheDesk, caller: TheCaller, draft: NewWatchlist) -> Watchlist:
    """A new watchlist, the caller's last; prices of a new symbol are fetched in the background."""
    symbols = _tickers(draft.symbols)
    made = WatchBook(desk.ledger).add(_named(draft.name), symbols, caller.id)
    _await_prices(desk, set(symbols))
    return _shape(made, "own")


@router.put("/watchlists/order", dependencies=[allow(Role.MEMBER)])
def arrange_watchlists(desk: TheDesk, caller: TheCaller, order: WatchlistOrder) -> Watchlists:
    """Put the caller's own lists in that order."""
    WatchBook(desk.ledger).arrange(caller.id, order.order)
    return watchlists(desk, caller)


@router.put("/watchlists/{key}", dependencies=[allow(Role.MEMBER)])
def change_watchlist(desk: TheDesk, caller: TheCaller, key: Number, change: WatchlistChange) -> Watchlist:
    """Rename a watchlist or replace its symbols; prices of a new symbol are fetched in the background.

    409 where it was changed since the `version` that the caller has seen.
    """
    held, right = watchlist_for(desk, caller, key)
    if change.version is not None and change.version != held.version:
        raise ChangedMeanwhile(f"{held.name} was changed meanwhile.", remedy="Look at it again, then change it.")
    name = held.name if change.name is None else _named(change.name)
    symbols = held.symbols if change.symbols is None else _tickers(change.symbols)
    changed = WatchBook(desk.ledger).change(replace(held, name=name, symbols=symbols))
    _await_prices(desk, set(symbols) - set(held.symbols))
    return _shape(changed, right)


@router.delete("/watchlists/{key}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_watchlist(desk: TheDesk, caller: TheCaller, key: Number) -> None:
    """Take an own watchlist away; it can be restored for a week."""
    watchlist_for(desk, caller, key)
    WatchBook(desk.ledger).remove(key, desk.clock())


@router.post("/watchlists/{key}/restore", dependencies=[allow(Role.MEMBER)])
def restore_watchlist(desk: TheDesk, caller: TheCaller, key: Number) -> Watchlist:
    """Bring an own watchlist back that was removed, to its place; one that is there stays as it is."""
    return _shape(WatchBook(desk.ledger).restore(key, caller.id), "own")


def _await_prices(desk: Desk, added: set[str]) -> None:
    """Have the background fetch the symbols that the desk has nothing of, or imported things only."""
    if desk.settings.offline:
        return
    imported = {f.symbol for f in desk.ledger.fetches() if f.state == "imported"}
    for symbol in added:
        if symbol in imported or desk.history.stored(desk.history.register.id_of(symbol)).is_empty():
            desk.ledger.save_fetch(Fetch(symbol, "history", "waiting", "Waiting to be fetched.", 0, None, desk.clock()))


def _named(name: str) -> str:
    if not name.strip():
        raise InvalidInput("name", "A watchlist needs a name.", remedy="Give it one.")
    return name.strip()


def _tickers(symbols: list[str]) -> tuple[str, ...]:
    tickers = tuple(dict.fromkeys(ticker_of(each, "symbols") for each in symbols))
    if len(tickers) > MOST:
        raise InvalidInput("symbols", f"A watchlist holds at most {MOST} symbols; these are {len(tickers)}.")
    return tickers


def _shape(watchlist: StoredWatchlist, right: Right) -> Watchlist:
    return Watchlist(
        id=watchlist.id,
        name=watchlist.name,
        symbols=list(watchlist.symbols),
        right=right,
        version=watchlist.version,
    )

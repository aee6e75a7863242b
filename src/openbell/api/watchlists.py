"""Watchlists: the symbols a person follows, in their order."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheDesk, allow
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.symbols import ticker_of
from openbell.store.ledger import Fetch
from openbell.store.ledger import Watchlist as StoredWatchlist

router = APIRouter(tags=["watchlists"])

MOST = 500


class Watchlist(BaseModel):
    """A named list of tickers."""

    id: int
    name: str
    symbols: list[str]


class Watchlists(BaseModel):
    """All of them, oldest first."""

    watchlists: list[Watchlist]


class Change(BaseModel):
    """What to change; what is absent stays."""

    name: str | None = Field(None, min_length=1, max_length=60)
    symbols: list[str] | None = None


@router.get("/watchlists", dependencies=[allow(Role.VIEWER)])
def watchlists(desk: TheDesk) -> Watchlists:
    """Every watchlist."""
    return Watchlists(watchlists=[_shape(each) for each in desk.ledger.watchlists()])


@router.put("/watchlists/{key}", dependencies=[allow(Role.MEMBER)])
def change_watchlist(desk: TheDesk, key: int, change: Change) -> Watchlist:
    """Rename a watchlist or replace its symbols; prices of a new symbol are fetched in the background."""
    held = next((each for each in desk.ledger.watchlists() if each.id == key), None)
    if held is None:
        raise InvalidInput("key", f"There is no watchlist {key}.", remedy="List them with GET /watchlists.")
    symbols = held.symbols if change.symbols is None else _tickers(change.symbols)
    changed = StoredWatchlist(key, change.name or held.name, symbols)
    desk.ledger.change_watchlist(changed)
    _await_prices(desk, set(symbols) - set(held.symbols))
    return _shape(changed)


def _await_prices(desk: Desk, added: set[str]) -> None:
    """Have the background fetch the symbols that the desk has nothing of, or imported things only."""
    if desk.settings.offline:
        return
    imported = {f.symbol for f in desk.ledger.fetches() if f.state == "imported"}
    for symbol in added:
        if symbol in imported or desk.history.stored(desk.history.register.id_of(symbol)).is_empty():
            desk.ledger.save_fetch(Fetch(symbol, "history", "waiting", "Waiting to be fetched.", 0, None, desk.clock()))


def _tickers(symbols: list[str]) -> tuple[str, ...]:
    tickers = tuple(dict.fromkeys(ticker_of(each, "symbols") for each in symbols))
    if len(tickers) > MOST:
        raise InvalidInput("symbols", f"A watchlist holds at most {MOST} symbols; these are {len(tickers)}.")
    return tickers


def _shape(watchlist: StoredWatchlist) -> Watchlist:
    return Watchlist(id=watchlist.id, name=watchlist.name, symbols=list(watchlist.symbols))

"""Watchlists: the symbols a person follows, in their order, on lists of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import APIRouter
from pydantic import BaseModel, Field

from openbell.api.access import Caller, Role, TheCaller, TheDesk, ThePlace, allow, deed_of
from openbell.api.known import is_here, unknown_of
from openbell.api.owned import Right, seen_by, watchlist_for
from openbell.api.shapes import Number
from openbell.desk import Desk
from openbell.model.errors import ChangedMeanwhile, InvalidInput
from openbell.model.symbols import ticker_of
from openbell.store.ledger import Fetch
from openbell.store.peoplebook import PeopleBook
from openbell.store.sharebook import Right as GivenRight
from openbell.store.sharebook import ShareBook
from openbell.store.watchbook import WatchBook
from openbell.store.watchbook import Watchlist as StoredWatchlist

router = APIRouter(tags=["watchlists"])

MOST = 500
LONGEST_NAME = 60


class Watchlist(BaseModel):
    """A named list of tickers; `right` is what the caller may do with it, `version` grows by one with each change.

    `owner`: who shares it with the caller; null for the caller's own.
    """

    id: int
    name: str
    symbols: list[str]
    right: Right
    owner: str | None
    version: int


class WrittenWatchlist(Watchlist):
    """A list as it was written; `unknown`: new symbols of which nothing is known here, and no vendor could be asked."""

    unknown: list[str]


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


class Share(BaseModel):
    """A person who may see a list, or change it too."""

    person: int
    name: str
    right: GivenRight


class Shares(BaseModel):
    """With whom a list is shared."""

    shares: list[Share]


class Given(BaseModel):
    """To `read` a list is to see it, to `write` to change its name and its symbols too."""

    right: GivenRight


@router.get("/watchlists", dependencies=[allow(Role.VIEWER)])
def watchlists(desk: TheDesk, caller: TheCaller) -> Watchlists:
    """The caller's watchlists, and those that others share."""
    names = _others(desk, caller)
    return Watchlists(watchlists=[_shape(each, right, names) for each, right in seen_by(desk, caller)])


@router.post("/watchlists", dependencies=[allow(Role.VIEWER)], status_code=201)
def add_watchlist(desk: TheDesk, caller: TheCaller, draft: NewWatchlist) -> WrittenWatchlist:
    """A new watchlist, the caller's last; prices of a new symbol are fetched in the background.

    422 for a symbol that neither the desk nor a vendor's search knows.
    """
    symbols, name = _tickers(draft.symbols), _named(draft.name)
    unknown = _unknown(desk, caller, symbols)
    made = WatchBook(desk.ledger).add(name, symbols, caller.id)
    _await_prices(desk, set(symbols))
    return WrittenWatchlist(**_shape(made, "own", {}).model_dump(), unknown=unknown)


@router.put("/watchlists/order", dependencies=[allow(Role.VIEWER)])
def arrange_watchlists(desk: TheDesk, caller: TheCaller, order: WatchlistOrder) -> Watchlists:
    """Put the caller's own lists in that order."""
    WatchBook(desk.ledger).arrange(caller.id, order.order)
    return watchlists(desk, caller)


@router.put("/watchlists/{key}", dependencies=[allow(Role.VIEWER)])
def change_watchlist(desk: TheDesk, caller: TheCaller, key: Number, change: WatchlistChange) -> WrittenWatchlist:
    """Rename a watchlist or replace its symbols; prices of a new symbol are fetched in the background.

    409 where it was changed since the `version` that the caller has seen; 422 for a new symbol that neither the desk
    nor a vendor's search knows.
    """
    held, right = watchlist_for(desk, caller, key, "write")
    name = held.name if change.name is None else _named(change.name)
    symbols = held.symbols if change.symbols is None else _tickers(change.symbols)
    seen = held.version if change.version is None else change.version
    unknown = _unknown(desk, caller, [each for each in symbols if each not in held.symbols])
    try:
        changed = WatchBook(desk.ledger).change(replace(held, name=name, symbols=symbols, version=seen))
    except ChangedMeanwhile as error:
        there, right = watchlist_for(desk, caller, key, "write")
        raise ChangedMeanwhile(error.what, _shape(there, right, _others(desk, caller))) from error
    _await_prices(desk, set(symbols) - set(held.symbols))
    return WrittenWatchlist(**_shape(changed, right, _others(desk, caller)).model_dump(), unknown=unknown)


@router.delete("/watchlists/{key}", dependencies=[allow(Role.VIEWER)], status_code=204)
def remove_watchlist(desk: TheDesk, caller: TheCaller, key: Number) -> None:
    """Take an own watchlist away; it can be restored for a week."""
    watchlist_for(desk, caller, key, "own")
    for forgotten in WatchBook(desk.ledger).remove(key, desk.clock()):
        ShareBook(desk.ledger).unshare("watchlist", forgotten)


@router.post("/watchlists/{key}/restore", dependencies=[allow(Role.VIEWER)])
def restore_watchlist(desk: TheDesk, caller: TheCaller, key: Number) -> Watchlist:
    """Bring an own watchlist back that was removed, to its place; one that is there stays as it is."""
    return _shape(WatchBook(desk.ledger).restore(key, caller.id), "own", {})


@router.get("/watchlists/{key}/shares", dependencies=[allow(Role.VIEWER)])
def shares(desk: TheDesk, caller: TheCaller, key: Number) -> Shares:
    """With whom an own watchlist is shared."""
    watchlist_for(desk, caller, key, "own")
    given = ShareBook(desk.ledger).shares_of("watchlist", key)
    people = PeopleBook(desk.ledger).people()
    return Shares(shares=[Share(person=p.id, name=p.name, right=given[p.id]) for p in people if p.id in given])


@router.put("/watchlists/{key}/shares/{person}", dependencies=[allow(Role.MEMBER)])
def share(desk: TheDesk, caller: TheCaller, place: ThePlace, key: Number, person: Number, given: Given) -> Shares:
    """Let another person see an own watchlist, or change it."""
    held, _ = watchlist_for(desk, caller, key, "own")
    if person == caller.id:
        raise InvalidInput("person", "The list is yours already.", remedy="Name somebody else.")
    about = f"{held.name} with {desk.accounts.called(person)}, to {given.right}"
    deed = deed_of(desk, caller, "watchlist shared", place, about)
    ShareBook(desk.ledger).share("watchlist", key, person, given.right, deed)
    return shares(desk, caller, key)


@router.delete("/watchlists/{key}/shares/{person}", dependencies=[allow(Role.VIEWER)], status_code=204)
def unshare(desk: TheDesk, caller: TheCaller, place: ThePlace, key: Number, person: Number) -> None:
    """Take the right back; the owner from anybody, everybody from themselves."""
    held, _ = watchlist_for(desk, caller, key, "read" if person == caller.id else "own")
    about = f"{held.name} with {desk.accounts.called(person)}"
    deed = deed_of(desk, caller, "watchlist unshared", place, about)
    ShareBook(desk.ledger).unshare("watchlist", key, person, deed)


def _unknown(desk: Desk, caller: Caller, new: Sequence[str]) -> list[str]:
    """Those of the symbols that may be wrong. A viewer, who may have come unasked, has the desk ask no vendor."""
    if caller.role >= Role.MEMBER:
        return unknown_of(desk, new, "symbols")
    if absent := [each for each in new if not is_here(desk, each)]:
        what = f"This desk has no prices of {', '.join(absent[:5])}."
        raise InvalidInput("symbols", what, remedy="A member can have them fetched.")
    return []


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


def _others(desk: Desk, caller: Caller) -> dict[int, str]:
    """The names of everybody but the caller."""
    return {person.id: person.name for person in PeopleBook(desk.ledger).people() if person.id != caller.id}


def _shape(watchlist: StoredWatchlist, right: Right, others: Mapping[int, str]) -> Watchlist:
    return Watchlist(
        id=watchlist.id,
        name=watchlist.name,
        symbols=list(watchlist.symbols),
        right=right,
        owner=others.get(watchlist.owner),
        version=watchlist.version,
    )

"""What a caller may see and change of watchlists; of others' nobody learns that they are there."""

from __future__ import annotations

from typing import Literal

from openbell.accounts.errors import NotAllowed
from openbell.api.access import Caller, Role
from openbell.desk import Desk
from openbell.store.sharebook import ShareBook
from openbell.store.watchbook import NoSuchList, WatchBook, Watchlist

Right = Literal["own", "write", "read"]
"""To `own` a list is to remove and to share it too; to `write` is to change its name and its symbols."""

INCLUDED: dict[Right, tuple[Right, ...]] = {
    "own": ("own", "write", "read"),
    "write": ("write", "read"),
    "read": ("read",),
}


def seen_by(desk: Desk, caller: Caller) -> list[tuple[Watchlist, Right]]:
    """The caller's watchlists in their order, then those that others share with them, which a viewer only reads."""
    shared = ShareBook(desk.ledger).shared_with(caller.id, "watchlist")
    lists = WatchBook(desk.ledger).lists()
    own: list[tuple[Watchlist, Right]] = [(each, "own") for each in lists if each.owner == caller.id]
    others = [each for each in lists if each.owner != caller.id and each.id in shared]
    writes = caller.role >= Role.MEMBER
    return own + [(each, shared[each.id] if writes else "read") for each in others]


def watchlist_for(desk: Desk, caller: Caller, key: int, needed: Right) -> tuple[Watchlist, Right]:
    """The watchlist `key`, with which the caller may do what is `needed`; raises NoSuchList, or NotAllowed."""
    found = next((each for each in seen_by(desk, caller) if each[0].id == key), None)
    if found is None:
        raise NoSuchList(f"There is no watchlist {key}.", remedy="List yours with GET /watchlists.")
    watchlist, right = found
    if needed not in INCLUDED[right]:
        what = "only read" if right == "read" else "change, but neither remove nor share"
        raise NotAllowed(f"{watchlist.name} is another's, which you may {what}.", remedy="Ask its owner.")
    return found

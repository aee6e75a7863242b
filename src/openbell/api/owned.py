"""What a caller may see and change of watchlists; of others' nobody learns that they are there."""

from __future__ import annotations

from typing import Literal

from openbell.api.access import Caller
from openbell.desk import Desk
from openbell.store.watchbook import NoSuchList, WatchBook, Watchlist

Right = Literal["own", "write", "read"]
"""To `own` a list is to remove and to share it too; to `write` is to change its name and its symbols."""


def seen_by(desk: Desk, caller: Caller) -> list[tuple[Watchlist, Right]]:
    """The caller's watchlists in their order."""
    return [(each, "own") for each in WatchBook(desk.ledger).of(caller.id)]


def watchlist_for(desk: Desk, caller: Caller, key: int) -> tuple[Watchlist, Right]:
    """The watchlist `key` and what the caller may do with it; raises NoSuchList."""
    for each, right in seen_by(desk, caller):
        if each.id == key:
            return each, right
    raise NoSuchList(f"There is no watchlist {key}.", remedy="List yours with GET /watchlists.")

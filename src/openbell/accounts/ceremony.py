"""What begins in a browser, leads to a device or another site and comes back: once, soon, to the same browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from openbell.accounts.accounts import Accounts
from openbell.accounts.errors import LoginNeeded
from openbell.accounts.secrets import hash_of

PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Site:
    """The desk as a browser calls it: its name, and the address before the path."""

    name: str
    origin: str


def begun(accounts: Accounts, purpose: str, told: Mapping[str, Any]) -> str:
    """A mark for the browser to carry meanwhile."""
    return accounts.key.sign(purpose, told, accounts.clock() + PATIENCE)


def come_back(accounts: Accounts, purpose: str, mark: str) -> dict[str, Any]:
    """What was told when it began; raises LoginNeeded where it did not begin here, took too long, or came before."""
    now = accounts.clock()
    told = accounts.key.read(purpose, mark, now) if mark else None
    if told is None or not accounts.passkeys.spend(hash_of(mark), now + PATIENCE, now):
        raise LoginNeeded("This took too long, or was finished before.", remedy="Begin again.")
    return told

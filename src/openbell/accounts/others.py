"""What an owner of the desk, or its host, decides about other people."""

from __future__ import annotations

from openbell.accounts.accounts import Accounts, Place
from openbell.store.ledger import Ledger
from openbell.store.outbox import Outbox
from openbell.store.peoplebook import Person, RoleName
from openbell.store.uploads import Uploads


def give_role(accounts: Accounts, who: Person | None, number: int, role: RoleName, place: Place) -> Person:
    """Make a person something else; it counts at once. `who` does it; None: the host."""
    held = accounts.person(number)
    if role != held.role:
        deed = accounts.deed(who, "role changed", place, f"{held.name}: {held.role} to {role}")
        accounts.people.change_role(number, role, deed)
    return accounts.person(number)


def keep_out(accounts: Accounts, who: Person | None, number: int, place: Place, *, out: bool) -> Person:
    """Keep a person out, or let them in again, to sign in anew."""
    held = accounts.person(number)
    if out != held.disabled:
        deed = accounts.deed(who, "disabled" if out else "let in again", place, held.name)
        accounts.people.disable(number, disabled=out, deed=deed)
        accounts.sessions.end_all(number, accounts.deed(who, "ended all sessions", place, held.name))
    return accounts.person(number)


def remove(
    accounts: Accounts,
    ledger: Ledger,
    uploads: Uploads,
    who: Person | None,
    number: int,
    place: Place,
    *,
    named: str | None,
) -> None:
    """Forget a person with their logins, tokens, shares, uploaded files, rules, and what these fired.

    `named` as they are called, with all that is their own; else raises InvalidInput where there is any.
    """
    held = accounts.person(number)
    accounts.people.remove(number, accounts.deed(who, "removed", place, held.name), named=named)
    uploads.forget(number)
    Outbox(ledger).forget(number)

"""What the accounts of one desk are kept in, and from where somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openbell.accounts.keys import Key
from openbell.model.errors import InvalidInput
from openbell.store.auditbook import AT_HOST, MACHINE, AuditBook, Deed
from openbell.store.brakebook import BrakeBook
from openbell.store.factorbook import FactorBook
from openbell.store.ledger import Ledger
from openbell.store.passkeybook import PasskeyBook
from openbell.store.peoplebook import PeopleBook, Person
from openbell.store.sessionbook import SessionBook

LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from: an address, and what the browser calls itself."""

    address: str = ""
    agent: str = ""


HOST = Place(AT_HOST)
"""The command line of the host."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a desk: their tables, its key, and its clock."""

    people: PeopleBook
    sessions: SessionBook
    factors: FactorBook
    passkeys: PasskeyBook
    brakes: BrakeBook
    audit: AuditBook
    key: Key
    clock: Callable[[], datetime]

    def person(self, number: int) -> Person:
        """The person of that number; raises InvalidInput when there is no such one."""
        found = self.people.person(number)
        if found is None:
            raise InvalidInput("id", f"There is no person {number}.", remedy="List them with GET /users.")
        return found

    def called(self, number: int) -> str:
        """What a person is called; somebody who is no more, by their number."""
        found = self.people.person(number)
        return f"person {number}" if found is None else found.name

    def deed(self, who: Person | None, what: str, place: Place, about: str = "") -> Deed:
        """That `who` does something now; None: nobody who has signed in."""
        return self.deed_of(None if who is None else who.id, "" if who is None else who.name, what, place, about)

    def deed_of(self, number: int | None, name: str, what: str, place: Place, about: str = "") -> Deed:
        """As `deed`, of somebody by number and name; at the command line it is the desk's machine."""
        who = MACHINE if number is None and place == HOST else name
        return Deed(self.clock(), number, who, what, about, place.address)


def open_accounts(ledger: Ledger, folder: Path, clock: Callable[[], datetime]) -> Accounts:
    """The accounts in `ledger`, whose key is in `folder`."""
    return Accounts(
        people=PeopleBook(ledger),
        sessions=SessionBook(ledger),
        factors=FactorBook(ledger),
        passkeys=PasskeyBook(ledger),
        brakes=BrakeBook(ledger),
        audit=AuditBook(ledger),
        key=Key(folder),
        clock=clock,
    )

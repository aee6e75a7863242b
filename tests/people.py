"""People for the tests. Their passwords have hashes that are quickly computed, as those of an old desk would be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from openbell.accounts import own, passwords
from openbell.accounts.accounts import Accounts, Place
from openbell.accounts.names import login_of
from openbell.desk import Desk
from openbell.store.peoplebook import Person, RoleName
from openbell.store.sessionbook import Scope

PASSWORD = "seven green apples"
HERE = Place("203.0.113.7", "Firefox")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
API = "/api/v1"


@cache
def hashed() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass
class Watch:
    """A clock that tests turn."""

    now: datetime = field(default=NOON)

    def __call__(self) -> datetime:
        return self.now

    def go(self, **more: float) -> None:
        self.now += timedelta(**more)


def join(accounts: Accounts, name: str, role: RoleName, password: str | None = None) -> Person:
    kept = hashed() if password is None else passwords.hash_of(password)
    return accounts.people.add(name, login_of(name), role, kept, accounts.deed(None, "added", HERE))


def lock(accounts: Accounts) -> Person:
    """Give the first owner a password."""
    owner = accounts.people.first_owner()
    assert owner is not None
    accounts.people.set_password(owner.id, hashed(), accounts.deed(None, "password", HERE))
    return accounts.person(owner.id)


def token(accounts: Accounts, person: Person, scope: Scope = "admin") -> dict[str, str]:
    """The header of a new token."""
    _, secret = own.new_token(accounts, person, f"{scope} {len(accounts.sessions.tokens(person.id))}", scope, 30, HERE)
    return {"authorization": f"Bearer {secret}"}


def signed_in(app: FastAPI, name: str, password: str = PASSWORD) -> TestClient:
    """A browser in which somebody has signed in."""
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.post(f"{API}/sessions", json={"name": name, "password": password})
    assert answer.status_code == 201, answer.text
    client.headers["x-csrf-token"] = client.cookies["openbell_csrf"]
    return client


def browser(desk_app: FastAPI) -> TestClient:
    """A browser in which nobody has."""
    return TestClient(desk_app, base_url="http://127.0.0.1", raise_server_exceptions=False)


def deeds(desk: Desk) -> list[str]:
    """What the audit log says was done, newest first."""
    return [each.deed.what for each in desk.accounts.audit.entries()]

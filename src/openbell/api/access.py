"""Who may call a route. Every route declares one of these; a test walks all routes.

Until an owner has a password, the desk listens on loopback only, and whoever asks from its own machine is its owner.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from openbell.accounts import sessions
from openbell.accounts.accounts import HOST, Accounts, Place
from openbell.accounts.ceremony import Site
from openbell.accounts.errors import LoginNeeded, NotAllowed
from openbell.accounts.secrets import hash_of
from openbell.api.problems import assert_texts_sent
from openbell.desk import Desk
from openbell.jobs import Clockwork
from openbell.settings import Settings
from openbell.store.auditbook import Deed
from openbell.store.sessionbook import Scope

ACCESS = "openbell_access"
"""The cookie of who has signed in."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Role(IntEnum):
    """What a caller may do; each includes the ones before."""

    NOBODY = 0
    VIEWER = 1
    MEMBER = 2
    OWNER = 3


CAPS: dict[Scope, Role] = {"read": Role.VIEWER, "write": Role.MEMBER, "admin": Role.OWNER}
"""The most that a token of this scope may do, whoever its person is."""


async def the_desk(request: Request) -> Desk:
    """The desk that this application serves."""
    return _desk_of(request)


TheDesk = Annotated[Desk, Depends(the_desk)]


async def the_clockwork(request: Request) -> Clockwork:
    """What runs the jobs of the desk; never a global."""
    clockwork = request.app.state.clockwork
    if not isinstance(clockwork, Clockwork):
        raise TypeError("the application has no clockwork")
    return clockwork


TheClockwork = Annotated[Clockwork, Depends(the_clockwork)]


async def the_accounts(connection: HTTPConnection) -> Accounts:
    """The accounts of the desk that this application serves."""
    return _desk_of(connection).accounts


TheAccounts = Annotated[Accounts, Depends(the_accounts)]


async def the_place(connection: HTTPConnection) -> Place:
    """Where a request comes from; a proxy may say anything, and what is no address is none."""
    agent = connection.headers.get("user-agent", "")
    try:
        address = ip_address("" if connection.client is None else connection.client.host)
    except ValueError:
        return Place("", agent)
    return Place(str(address), agent)


ThePlace = Annotated[Place, Depends(the_place)]


async def the_site(request: Request) -> Site:
    """The desk as the browser calls it; the guard has seen that the name is its own. Without TLS on loopback only."""
    scheme = "http" if asked_on_loopback(request, _desk_of(request).settings) else "https"
    return Site(_asked_name(request) or "", f"{scheme}://{request.headers.get('host', '')}")


TheSite = Annotated[Site, Depends(the_site)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person of the desk and what they may do, which is less than their role where a token says so."""

    id: int
    role: Role
    name: str = ""
    session: int | None = None
    """None: by a token, or on a desk where nobody needs to sign in."""
    by_token: bool = False


NOBODY = Caller(id=0, role=Role.NOBODY)


def deed_of(desk: Desk, caller: Caller, what: str, place: Place, about: str) -> Deed:
    """That a caller does something now; what the host does for somebody is not theirs."""
    if place == HOST:
        return desk.accounts.deed(None, what, place, f"{about}, of {caller.name}")
    return desk.accounts.deed_of(caller.id, caller.name, what, place, about)


def the_caller(connection: HTTPConnection) -> Caller:
    """Who asks: by a token, by a login, or where nobody needs to sign in the first owner; else NOBODY.

    Raises LoginNeeded for a token that does not hold, NotAllowed where it may not write, or another site's page asks.
    """
    desk = _desk_of(connection)
    kind, _, secret = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return _by_token(desk.accounts, secret.strip(), writes=_writes(connection))
    access = connection.cookies.get(ACCESS)
    if access and (found := sessions.bearer_of(desk.accounts, access)) is not None:
        session, bearer = found
        if _writes(connection):
            sessions.assert_own_page(desk.accounts, session, connection.headers.get("x-csrf-token", ""))
        return Caller(bearer.person, Role[bearer.role.upper()], bearer.name, session)
    return _whoever_is_here(connection)


TheCaller = Annotated[Caller, Depends(the_caller)]


def allow(role: Role, *, by_token: bool = True) -> Any:  # FastAPI types its dependencies so
    """The dependency that declares and checks the least role of a route's caller; `by_token`, of programs too.

    Only then what was sent is looked at.
    """
    if role is Role.NOBODY:

        async def check(connection: HTTPConnection) -> None:
            """Whoever asks may."""
            await assert_texts_sent(connection)

    else:

        async def check(connection: HTTPConnection, caller: TheCaller) -> None:  # type: ignore[misc]  # another signature
            assert_may(caller, role, by_token=by_token)
            await assert_texts_sent(connection)

    check.least = role  # type: ignore[attr-defined]  # read back by `least_role`
    check.by_token = by_token  # type: ignore[attr-defined]
    return Depends(check)


def assert_may(caller: Caller, role: Role, *, by_token: bool = True) -> None:
    """Raise LoginNeeded where nobody asks, NotAllowed where it is not enough."""
    if caller.role is Role.NOBODY:
        raise LoginNeeded("Nobody has signed in.")
    if caller.role < role:
        raise NotAllowed(f"This needs the role {role.name.lower()}; you are {caller.role.name.lower()} here.")
    if caller.by_token and not by_token:
        raise NotAllowed("A token may not do this.", remedy="Sign in on the page.")


def is_still(connection: HTTPConnection, caller: Caller) -> bool:
    """Whether who once asked would still be let in: a line that stays open outlives the access token it began with."""
    accounts = _desk_of(connection).accounts
    if caller.session is not None:
        return accounts.sessions.bearer_of_session(caller.session, accounts.clock()) is not None
    try:
        return the_caller(connection).role is not Role.NOBODY
    except LoginNeeded:
        return False


def is_open(connection: HTTPConnection) -> bool:
    """Whether who asks needs not sign in: they are on the desk's own machine, and no owner has a password."""
    return _is_here(connection) and not _desk_of(connection).accounts.people.locked()


def _is_here(connection: HTTPConnection) -> bool:
    """Whether who asks is on the desk's own machine."""
    return asked_on_loopback(connection, _desk_of(connection).settings) and not _passed_on(connection)


PASSED_ON = re.compile(r"x-forwarded-.+|forwarded|x-real-ip|via|cf-connecting-ip")
"""Headers that a proxy writes (RFC 7239, RFC 9110 7.6.3, and what proxies wrote before these)."""


def _passed_on(connection: HTTPConnection) -> bool:
    """Whether a proxy asks for somebody else. nginx, left as it is, shows itself by HTTP/1.0 alone."""
    old = connection.scope.get("http_version") == "1.0"
    return old or any(PASSED_ON.fullmatch(name) for name in connection.headers)


LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def known_name(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the desk was asked under a name of its own: another that resolves here is not the owner's."""
    return _asked_name(connection) in {*LOOPBACK, *settings.called}


def asked_from_here(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the desk's own page asks, or no page at all: browsers let any site send a form or open a WebSocket."""
    return known_name(connection, settings) and asked_by_own_page(connection)


def asked_by_own_page(connection: HTTPConnection) -> bool:
    """Whether a request names no other site as the one whose page sends it."""
    origin = connection.headers.get("origin")
    return origin is None or _place(origin) == connection.headers.get("host")


def asked_on_loopback(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether no network lies between the desk and who asks, not even behind a proxy: cookies need no TLS there."""
    return settings.on_loopback and _asked_name(connection) in {*LOOPBACK, settings.host}


def _asked_name(connection: HTTPConnection) -> str | None:
    return _name_of(f"//{connection.headers.get('host', '')}")


def _name_of(address: str) -> str | None:
    """The host name in an address, without brackets and port."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _place(origin: str) -> str | None:
    """The host and port in an origin."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def least_role(dependencies: list[Callable[..., Any]]) -> Role | None:
    """The declared role among a route's dependencies; None when it declares none."""
    return next((call.least for call in dependencies if hasattr(call, "least")), None)


def _desk_of(connection: HTTPConnection) -> Desk:
    desk = connection.app.state.desk
    if not isinstance(desk, Desk):
        raise TypeError("the application has no desk")
    return desk


def _writes(connection: HTTPConnection) -> bool:
    return connection.scope.get("method", "GET") not in READING


def _by_token(accounts: Accounts, secret: str, *, writes: bool) -> Caller:
    bearer = accounts.sessions.bearer_of_token(hash_of(secret), accounts.clock())
    if bearer is None or bearer.scope is None:
        raise LoginNeeded("This token does not hold.", remedy="Make another one on the page.")
    if writes and bearer.scope == "read":
        raise NotAllowed("This token may only read.", remedy="Make one with the scope write.")
    role = min(Role[bearer.role.upper()], CAPS[bearer.scope])
    return Caller(bearer.person, role, bearer.name, by_token=True)


def _whoever_is_here(connection: HTTPConnection) -> Caller:
    """The first owner, where nobody needs to sign in; else NOBODY."""
    if not _is_here(connection) or (owner := _desk_of(connection).accounts.people.open_to()) is None:
        return NOBODY
    return Caller(owner.id, Role.OWNER, owner.name)

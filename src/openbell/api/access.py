"""Who may call a route. Every route declares one of these; a test walks all routes.

Until the desk has accounts it listens on loopback only, and whoever can reach it there is its owner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from openbell.desk import Desk
from openbell.jobs import Clockwork


class Role(IntEnum):
    """What a caller may do; each includes the ones before."""

    NOBODY = 0
    VIEWER = 1
    MEMBER = 2
    OWNER = 3


def the_desk(request: Request) -> Desk:
    """The desk that this application serves."""
    desk = request.app.state.desk
    if not isinstance(desk, Desk):
        raise TypeError("the application has no desk")
    return desk


TheDesk = Annotated[Desk, Depends(the_desk)]


def the_clockwork(request: Request) -> Clockwork:
    """What runs the jobs of the desk; never a global."""
    clockwork = request.app.state.clockwork
    if not isinstance(clockwork, Clockwork):
        raise TypeError("the application has no clockwork")
    return clockwork


TheClockwork = Annotated[Clockwork, Depends(the_clockwork)]


def allow(role: Role) -> Any:  # FastAPI types its dependencies so
    """The dependency that declares (and, with accounts, will check) the least role of a route's caller."""

    def check() -> Role:
        return Role.OWNER

    check.least = role  # type: ignore[attr-defined]  # read back by `least_role`
    return Depends(check)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person of the desk and what they may do."""

    id: int
    role: Role


def the_caller() -> Caller:
    """Who asks. Until the desk has accounts, its first owner."""
    return Caller(id=1, role=Role.OWNER)


TheCaller = Annotated[Caller, Depends(the_caller)]


LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def known_name(connection: HTTPConnection, host: str) -> bool:
    """Whether the desk was asked under a name of its own: another that resolves here is not the owner's."""
    return _name_of(f"//{connection.headers.get('host', '')}") in {*LOOPBACK, host}


def asked_from_here(connection: HTTPConnection, host: str) -> bool:
    """Whether a WebSocket was opened by the desk's own page, or by no page: browsers let any site open one."""
    origin = connection.headers.get("origin")
    return known_name(connection, host) and (origin is None or _place(origin) == connection.headers.get("host"))


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

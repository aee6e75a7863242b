"""Who may call a route. Every route declares one of these; a test walks all routes.

Until the desk has accounts it listens on loopback only, and whoever can reach it there is its owner.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Annotated, Any

from fastapi import Depends, Request

from openbell.desk import Desk


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


def allow(role: Role) -> Any:  # FastAPI types its dependencies so
    """The dependency that declares (and, with accounts, will check) the least role of a route's caller."""

    def check() -> Role:
        return Role.OWNER

    check.least = role  # type: ignore[attr-defined]  # read back by `least_role`
    return Depends(check)


def least_role(dependencies: list[Callable[..., Any]]) -> Role | None:
    """The declared role among a route's dependencies; None when it declares none."""
    return next((call.least for call in dependencies if hasattr(call, "least")), None)

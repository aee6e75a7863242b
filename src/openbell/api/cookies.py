"""The cookies of a login: for this site only, hidden from scripts but for the one that the page sends back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import Request, Response

from openbell.accounts.ceremony import PATIENCE
from openbell.accounts.login import REMEMBERED
from openbell.accounts.sessions import Passes
from openbell.api.access import ACCESS, asked_on_loopback
from openbell.desk import Desk

REFRESH, CSRF, DEVICE, CEREMONY = "openbell_refresh", "openbell_csrf", "openbell_device", "openbell_ceremony"
SESSIONS = "/api/v1/sessions"
"""Where the refresh token and the mark of a known browser are sent to, and nowhere else."""


def carry(response: Response, request: Request, desk: Desk, passes: Passes) -> None:
    """Have the browser carry `passes`."""
    now = desk.accounts.clock()
    _set(response, request, desk, ACCESS, passes.access, _left(passes.access_until, now), "/api")
    _set(response, request, desk, CSRF, passes.csrf, _left(passes.until, now), "/", hidden=False)
    if passes.refresh is not None:
        _set(response, request, desk, REFRESH, passes.refresh, _left(passes.until, now), SESSIONS)


def remember(response: Response, request: Request, desk: Desk, mark: str) -> None:
    """Have the browser be known again."""
    _set(response, request, desk, DEVICE, mark, int(REMEMBERED.total_seconds()), SESSIONS)


def wait(response: Response, request: Request, desk: Desk, mark: str) -> None:
    """Have the browser carry what it must bring back from a device or another site."""
    _set(response, request, desk, CEREMONY, mark, int(PATIENCE.total_seconds()), "/api/v1", strict=False)


def forget(response: Response, request: Request, desk: Desk) -> None:
    """Have the browser carry no passes any more; it stays known."""
    for name, path in ((ACCESS, "/api"), (CSRF, "/"), (REFRESH, SESSIONS)):
        _set(response, request, desk, name, "", 0, path, hidden=name != CSRF)


def _set(
    response: Response,
    request: Request,
    desk: Desk,
    name: str,
    value: str,
    age_s: int,
    path: str,
    *,
    hidden: bool = True,
    strict: bool = True,
) -> None:
    """Set a cookie; one that is not `strict` comes along when another site leads back here."""
    secure = not asked_on_loopback(request, desk.settings)
    same: Literal["strict", "lax"] = "strict" if strict else "lax"
    response.set_cookie(name, value, max_age=age_s, path=path, secure=secure, httponly=hidden, samesite=same)


def _left(until: datetime, now: datetime) -> int:
    return max(0, int((until - now).total_seconds()))

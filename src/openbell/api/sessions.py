"""Signing in and out, and where one is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Cookie, Header, Request, Response
from pydantic import BaseModel, Field

from openbell.accounts import login, own, sessions
from openbell.accounts.accounts import Place
from openbell.accounts.login import Tried
from openbell.accounts.passwords import LONGEST
from openbell.api import cookies
from openbell.api.access import Role, TheAccounts, TheCaller, TheDesk, ThePlace, allow, is_open
from openbell.api.shapes import Number
from openbell.desk import Desk
from openbell.store.peoplebook import Person, RoleName

router = APIRouter(tags=["accounts"])

Carried = Annotated[str, Cookie(include_in_schema=False)]
Password = Annotated[str, Field(max_length=LONGEST)]


class Ways(BaseModel):
    """How somebody gets into this desk; `open`: whoever asks, from its own machine, is its owner.

    `oidc`: by a login provider too.
    """

    open: bool
    oidc: bool
    signup: Literal["invite", "open"]


class Login(BaseModel):
    """What somebody types; `code` where the account needs one, else the answer is 401 with the field `code`."""

    name: str = Field(max_length=200)
    password: Password
    code: str = Field("", max_length=100)


class SignedIn(BaseModel):
    """Who has signed in. The access token holds until `access_until`: refresh it before, or when a 401 comes."""

    id: int
    name: str
    role: RoleName
    access_until: datetime


class Refreshed(BaseModel):
    """Until when the new access token holds."""

    access_until: datetime


class Session(BaseModel):
    """A login on one device; `current` is the one that asks, `seen` when it was refreshed last."""

    id: int
    created: datetime
    seen: datetime
    expires: datetime
    agent: str
    address: str
    current: bool


class Sessions(BaseModel):
    """Where a person is signed in, oldest first."""

    sessions: list[Session]


class Everywhere(BaseModel):
    """Whether the tokens of programs end too."""

    tokens: bool = False


@router.get("/sessions/ways", dependencies=[allow(Role.NOBODY)])
def ways(desk: TheDesk, request: Request) -> Ways:
    """Whether a login is needed, and whether one may sign up."""
    return Ways(open=is_open(request), oidc=bool(desk.settings.oidc_issuer), signup=desk.settings.signup)


@router.post("/sessions", dependencies=[allow(Role.NOBODY)], status_code=201)
def sign_in(
    desk: TheDesk, place: ThePlace, request: Request, response: Response, typed: Login, openbell_device: Carried = ""
) -> SignedIn:
    """Sign in; the answer sets the cookies that the page needs."""
    tried = Tried(typed.name, typed.password, typed.code, openbell_device)
    person = login.log_in(desk.accounts, tried, place)
    return welcome(desk, person, place, request, response)


@router.post("/sessions/refresh", dependencies=[allow(Role.NOBODY)])
def refresh(
    desk: TheDesk,
    place: ThePlace,
    request: Request,
    response: Response,
    openbell_refresh: Carried = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> Refreshed:
    """Exchange the refresh token of the cookies for the next one."""
    passes = sessions.refreshed(desk.accounts, openbell_refresh, x_csrf_token, place)
    cookies.carry(response, request, desk, passes)
    return Refreshed(access_until=passes.access_until)


@router.post("/sessions/logout", dependencies=[allow(Role.NOBODY)], status_code=204)
def sign_out(
    desk: TheDesk,
    place: ThePlace,
    request: Request,
    response: Response,
    openbell_refresh: Carried = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> None:
    """End the login of the cookies."""
    if openbell_refresh:
        sessions.leave(desk.accounts, openbell_refresh, x_csrf_token, place)
    cookies.forget(response, request, desk)


@router.post("/sessions/logout-everywhere", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=204)
def sign_out_everywhere(
    desk: TheDesk, caller: TheCaller, place: ThePlace, request: Request, response: Response, what: Everywhere
) -> None:
    """End all logins of the caller, this one too."""
    own.leave_everywhere(desk.accounts, desk.accounts.person(caller.id), place, tokens=what.tokens)
    cookies.forget(response, request, desk)


@router.get("/sessions", dependencies=[allow(Role.VIEWER, by_token=False)])
def own_sessions(accounts: TheAccounts, caller: TheCaller) -> Sessions:
    """Where the caller is signed in."""
    held = accounts.sessions.sessions(caller.id, accounts.clock())
    return Sessions(
        sessions=[
            Session(
                id=each.id,
                created=each.created,
                seen=each.seen,
                expires=each.expires,
                agent=each.agent,
                address=each.address,
                current=each.id == caller.session,
            )
            for each in held
        ]
    )


@router.delete("/sessions/{number}", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=204)
def end_session(accounts: TheAccounts, caller: TheCaller, place: ThePlace, number: Number) -> None:
    """End one login of the caller, such as that of a lost phone."""
    deed = accounts.deed_of(caller.id, caller.name, "ended a session", place, f"session {number}")
    accounts.sessions.end(caller.id, number, deed)


def welcome(
    desk: Desk, person: Person, place: Place, request: Request, response: Response, what: str = "signed in"
) -> SignedIn:
    """Begin a login of `person` and have the browser carry it."""
    passes = sessions.begin(desk.accounts, person, place, what)
    cookies.carry(response, request, desk, passes)
    cookies.remember(response, request, desk, login.device_mark(desk.accounts, person))
    return SignedIn(id=person.id, name=person.name, role=person.role, access_until=passes.access_until)

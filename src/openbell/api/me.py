"""The account of whoever asks."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from openbell.accounts import own, totp
from openbell.accounts.sessions import begin
from openbell.api import cookies
from openbell.api.access import Role, TheAccounts, TheCaller, TheDesk, ThePlace, allow, is_open
from openbell.api.sessions import Password

router = APIRouter(tags=["accounts"])


class Me(BaseModel):
    """Who asks, and what they may do; a token may do less than its person.

    `open`: nobody needs to sign in. `codes`: a code is needed to sign in; `recovery_left` replace one. `linked`: a
    login provider opens the account too.
    """

    id: int
    name: str
    role: Literal["viewer", "member", "owner"]
    open: bool
    password: bool
    codes: bool
    recovery_left: int
    linked: bool


class Renamed(BaseModel):
    """Another name."""

    name: str = Field(max_length=200)


class NewPassword(BaseModel):
    """The password so far, where there is one, and the next."""

    password: Password = ""
    new_password: Password


class Confirmation(BaseModel):
    """The password, typed again."""

    password: Password = ""


class Secret(BaseModel):
    """What an authenticator reads as a QR code, or typed; told this once."""

    address: str
    secret: str


class Code(BaseModel):
    """What the authenticator shows."""

    code: str = Field(max_length=100)


class Recovery(BaseModel):
    """Codes that each work once in place of the authenticator's; told this once."""

    recovery: list[str]


@router.get("/me", dependencies=[allow(Role.VIEWER)])
def me(desk: TheDesk, caller: TheCaller, request: Request) -> Me:
    """Who asks."""
    accounts = desk.accounts
    person, held = accounts.person(caller.id), accounts.factors.totp(caller.id)
    return Me(
        id=person.id,
        name=person.name,
        role=person.role,
        open=is_open(request),
        password=person.password is not None,
        codes=held is not None and held.confirmed,
        recovery_left=accounts.factors.recovery_left(person.id),
        linked=accounts.passkeys.is_linked(person.id),
    )


@router.put("/me", dependencies=[allow(Role.VIEWER, by_token=False)])
def rename(desk: TheDesk, caller: TheCaller, place: ThePlace, request: Request, told: Renamed) -> Me:
    """Take another name."""
    own.rename(desk.accounts, desk.accounts.person(caller.id), told.name, place)
    return me(desk, caller, request)


@router.post("/me/password", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=204)
def change_password(
    desk: TheDesk, caller: TheCaller, place: ThePlace, request: Request, response: Response, told: NewPassword
) -> None:
    """Set a password. All other logins end; the first of an owner has everybody sign in, and signs the caller in."""
    accounts = desk.accounts
    person = accounts.person(caller.id)
    own.change_password(accounts, person, told.password, told.new_password, place, keep=caller.session)
    if caller.session is None:
        cookies.carry(response, request, desk, begin(accounts, accounts.person(person.id), place))


@router.post("/me/totp", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=201)
def offer_codes(accounts: TheAccounts, caller: TheCaller, place: ThePlace, told: Confirmation) -> Secret:
    """A secret for an authenticator; nothing changes until one of its codes is confirmed."""
    person = accounts.person(caller.id)
    secret = own.offer_codes(accounts, person, told.password, place)
    return Secret(address=totp.address_of(secret, person.name), secret=totp.base32(secret))


@router.post("/me/totp/confirm", dependencies=[allow(Role.VIEWER, by_token=False)])
def confirm_codes(accounts: TheAccounts, caller: TheCaller, place: ThePlace, told: Code) -> Recovery:
    """Need a code for every login from now on."""
    return Recovery(recovery=own.confirm_codes(accounts, accounts.person(caller.id), told.code, place))


@router.post("/me/totp/remove", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=204)
def remove_codes(accounts: TheAccounts, caller: TheCaller, place: ThePlace, told: Confirmation) -> None:
    """Need no code any more."""
    own.remove_codes(accounts, accounts.person(caller.id), told.password, place)

"""Passkeys: making one, signing in with one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from openbell.accounts import passkeys
from openbell.api import cookies
from openbell.api.access import Role, TheAccounts, TheCaller, TheDesk, ThePlace, TheSite, allow
from openbell.api.me import Confirmation
from openbell.api.sessions import Carried, SignedIn, welcome
from openbell.api.shapes import Number

router = APIRouter(tags=["accounts"])


class Options(BaseModel):
    """What `navigator.credentials` is called with, as PublicKeyCredential.parse...OptionsFromJSON reads it."""

    options: dict[str, Any]


class NewPasskey(BaseModel):
    """A name for it, and what the browser made (`credential.toJSON()`)."""

    name: str = Field(min_length=1, max_length=60)
    credential: dict[str, Any]


class Signed(BaseModel):
    """What the browser signed (`credential.toJSON()`)."""

    credential: dict[str, Any]


class Passkey(BaseModel):
    """A passkey; `seen` is when it was used last."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    created: datetime
    seen: datetime | None


class Passkeys(BaseModel):
    """The caller's, oldest first."""

    passkeys: list[Passkey]


@router.get("/me/passkeys", dependencies=[allow(Role.VIEWER, by_token=False)])
def own_passkeys(accounts: TheAccounts, caller: TheCaller) -> Passkeys:
    """The caller's passkeys."""
    held = accounts.passkeys.passkeys(caller.id)
    return Passkeys(passkeys=[Passkey.model_validate(each) for each in held])


@router.post("/me/passkeys/options", dependencies=[allow(Role.VIEWER, by_token=False)])
def offer(
    desk: TheDesk,
    caller: TheCaller,
    place: ThePlace,
    site: TheSite,
    request: Request,
    response: Response,
    told: Confirmation,
) -> Options:
    """Begin to make a passkey; the password is needed."""
    accounts = desk.accounts
    options, mark = passkeys.offer(accounts, accounts.person(caller.id), told.password, site, place)
    cookies.wait(response, request, desk, mark)
    return Options(options=options)


@router.post("/me/passkeys", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=201)
def add(
    accounts: TheAccounts,
    caller: TheCaller,
    place: ThePlace,
    site: TheSite,
    new: NewPasskey,
    openbell_ceremony: Carried = "",
) -> Passkey:
    """Keep the passkey that the browser has made."""
    person = accounts.person(caller.id)
    made = passkeys.add(accounts, person, openbell_ceremony, new.credential, new.name, site, place)
    return Passkey.model_validate(made)


@router.delete("/me/passkeys/{number}", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=204)
def remove(accounts: TheAccounts, caller: TheCaller, place: ThePlace, number: Number) -> None:
    """Have a passkey open nothing any more."""
    deed = accounts.deed_of(caller.id, caller.name, "passkey removed", place, f"passkey {number}")
    accounts.passkeys.remove_passkey(caller.id, number, deed)


@router.post("/sessions/passkey/options", dependencies=[allow(Role.NOBODY)])
def ask(desk: TheDesk, site: TheSite, request: Request, response: Response) -> Options:
    """Begin to sign in with whichever passkey the browser has for this desk."""
    options, mark = passkeys.ask(desk.accounts, site)
    cookies.wait(response, request, desk, mark)
    return Options(options=options)


@router.post("/sessions/passkey", dependencies=[allow(Role.NOBODY)], status_code=201)
def sign_in(
    desk: TheDesk,
    place: ThePlace,
    site: TheSite,
    request: Request,
    response: Response,
    signed: Signed,
    openbell_ceremony: Carried = "",
) -> SignedIn:
    """Sign in with what the passkey has signed."""
    person = passkeys.log_in(desk.accounts, openbell_ceremony, signed.credential, site, place)
    return welcome(desk, person, place, request, response, "signed in by passkey")

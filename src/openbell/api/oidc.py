"""Signing in by another site: the way there, and the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from openbell.accounts import login, oidc, own
from openbell.accounts.accounts import Place
from openbell.accounts.ceremony import Site
from openbell.accounts.errors import LoginNeeded, NotAllowed, TooManyTries
from openbell.accounts.oidc import Answer, Client, ProviderFailed, Wish
from openbell.api import cookies
from openbell.api.access import Role, TheAccounts, TheCaller, TheDesk, ThePlace, TheSite, allow
from openbell.api.me import Confirmation
from openbell.api.problems import NotFound
from openbell.api.sessions import Carried, welcome
from openbell.desk import Desk
from openbell.model.errors import OpenbellError
from openbell.settings import Settings

router = APIRouter(tags=["accounts"])

BACK = "/api/v1/sessions/oidc/return"
LONGEST_PATH = 1_000
"""It waits in a cookie."""
REFUSED = ((LoginNeeded, "late"), (NotAllowed, "unknown"), (TooManyTries, "often"), (ProviderFailed, "failed"))
"""What the page is told in its address: a word, since anybody can make up an address with a sentence."""


class Leaving(BaseModel):
    """An invitation that is accepted on the way, if any, and which path of the page is gone to then."""

    invitation: str = Field("", max_length=200)
    to: str = Field("/", max_length=10_000)


class Address(BaseModel):
    """Where the page goes next."""

    address: str


@router.post("/sessions/oidc", dependencies=[allow(Role.NOBODY)])
def leave(
    desk: TheDesk, place: ThePlace, site: TheSite, request: Request, response: Response, told: Leaving
) -> Address:
    """Begin to sign in by the login provider of the settings."""
    return _begin(desk, place, site, request, response, Wish(invitation=told.invitation, to=_path(told.to)))


@router.post("/me/oidc", dependencies=[allow(Role.VIEWER, by_token=False)])
def link(
    desk: TheDesk,
    caller: TheCaller,
    place: ThePlace,
    site: TheSite,
    request: Request,
    response: Response,
    told: Confirmation,
) -> Address:
    """Begin to link the caller's account with the login provider; the password is needed where there is one."""
    login.assert_is(desk.accounts, desk.accounts.person(caller.id), told.password, place)
    return _begin(desk, place, site, request, response, Wish(person=caller.id))


@router.delete("/me/oidc", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=204)
def unlink(accounts: TheAccounts, caller: TheCaller, place: ThePlace) -> None:
    """Sign in by no login provider any more; a password is needed first."""
    own.unlink(accounts, accounts.person(caller.id), place)


@router.get("/sessions/oidc/return", dependencies=[allow(Role.NOBODY)], include_in_schema=False)
def come_back(
    desk: TheDesk,
    place: ThePlace,
    request: Request,
    code: Annotated[str, Query(max_length=4_000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    openbell_ceremony: Carried = "",
) -> Response:
    """Where the provider sends the browser; it goes on to the page, signed in or with a word for why not."""
    open_to_all = desk.settings.signup == "open"
    try:
        person, to = oidc.finish(
            desk.accounts,
            client_of(desk.settings),
            openbell_ceremony,
            Answer(code, state),
            place,
            open_to_all=open_to_all,
        )
    except OpenbellError as error:
        why = next((word for kind, word in REFUSED if isinstance(error, kind)), "refused")
        return RedirectResponse(f"/sign-in?refused={why}", 303)
    response = RedirectResponse(to, 303)
    welcome(desk, person, place, request, response, "signed in by login provider")
    return response


def _path(told: str) -> str:
    """A path of the page, and the page's beginning in the place of what could lead anywhere else.

    As a browser reads it (WHATWG URL): two slashes begin another site's name, a backslash is a slash, and line breaks,
    tabs and spaces are dropped.
    """
    is_path = told.startswith("/") and not told.startswith("//") and "\\" not in told and " " not in told
    return told if is_path and len(told) <= LONGEST_PATH and told.isascii() and told.isprintable() else "/"


def client_of(settings: Settings) -> Client:
    """The desk as the login provider knows it; raises NotFound where there is none."""
    if not (settings.oidc_issuer and settings.oidc_client):
        raise NotFound("This desk has no login provider.", remedy="Sign in with a password or a passkey.")
    secret = None if settings.oidc_secret is None else settings.oidc_secret.get_secret_value()
    return Client(settings.oidc_issuer, settings.oidc_client, secret)


def _begin(desk: Desk, place: Place, site: Site, request: Request, response: Response, wish: Wish) -> Address:
    address, mark = oidc.begin(desk.accounts, client_of(desk.settings), f"{site.origin}{BACK}", wish, place)
    cookies.wait(response, request, desk, mark)
    return Address(address=address)

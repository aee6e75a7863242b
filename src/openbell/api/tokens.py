"""Tokens that programs use in the place of a person."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from openbell.accounts import own
from openbell.accounts.login import assert_is
from openbell.api.access import Role, TheAccounts, TheCaller, ThePlace, allow
from openbell.api.sessions import Password
from openbell.api.shapes import Number
from openbell.store.sessionbook import Scope

router = APIRouter(tags=["accounts"])


class NewToken(BaseModel):
    """A name, what it may do (each scope includes the ones before it), and for how many days it holds.

    `password` is the caller's, where there is one.
    """

    name: str = Field(min_length=1, max_length=60)
    scope: Scope = "read"
    days: int = Field(90, ge=1, le=366)
    password: Password = ""


class Token(BaseModel):
    """A token without its secret; `seen` is when it was used last, to some minutes."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    scope: Scope
    created: datetime
    expires: datetime
    seen: datetime | None


class MadeToken(Token):
    """A new token; its `secret` is told this once: send it as `Authorization: Bearer obt_...`."""

    secret: str


class Tokens(BaseModel):
    """All of the caller's, oldest first; those that hold no longer too."""

    tokens: list[Token]


@router.get("/tokens", dependencies=[allow(Role.VIEWER, by_token=False)])
def tokens(accounts: TheAccounts, caller: TheCaller) -> Tokens:
    """The caller's tokens."""
    return Tokens(tokens=[Token.model_validate(each) for each in accounts.sessions.tokens(caller.id)])


@router.post("/tokens", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=201)
def make_token(accounts: TheAccounts, caller: TheCaller, place: ThePlace, new: NewToken) -> MadeToken:
    """A new token; it never may more than its person may at the moment."""
    person = accounts.person(caller.id)
    assert_is(accounts, person, new.password, place)
    made, secret = own.new_token(accounts, person, new.name, new.scope, new.days, place)
    return MadeToken(**Token.model_validate(made).model_dump(), secret=secret)


@router.delete("/tokens/{number}", dependencies=[allow(Role.VIEWER, by_token=False)], status_code=204)
def remove_token(accounts: TheAccounts, caller: TheCaller, place: ThePlace, number: Number) -> None:
    """Have a token hold no longer."""
    deed = accounts.deed_of(caller.id, caller.name, "token removed", place, f"token {number}")
    accounts.sessions.remove_token(caller.id, number, deed)

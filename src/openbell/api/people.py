"""The people of the desk, and how others join them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from openbell.accounts import joining, others
from openbell.accounts.errors import NotAllowed
from openbell.api.access import Role, TheAccounts, TheCaller, TheDesk, ThePlace, allow
from openbell.api.sessions import Password, SignedIn, welcome
from openbell.api.shapes import Number
from openbell.store.belongings import Belongings, belongings
from openbell.store.peoplebook import Person as StoredPerson
from openbell.store.peoplebook import RoleName
from openbell.store.uploads import Uploads

router = APIRouter(tags=["accounts"])


class Person(BaseModel):
    """Somebody who may use the desk; who has no password signs in otherwise, or cannot. The last three count what is
    their own."""

    id: int
    name: str
    role: RoleName
    disabled: bool
    password: bool
    created: datetime
    portfolios: int
    watchlists: int
    items: int


class People(BaseModel):
    """Everybody, oldest first."""

    people: list[Person]


class Name(BaseModel):
    """What others see of a person."""

    id: int
    name: str


class Names(BaseModel):
    """With whom something can be shared."""

    people: list[Name]


class PersonChange(BaseModel):
    """What to change; what is absent stays."""

    role: RoleName | None = None
    disabled: bool | None = None


class NewInvitation(BaseModel):
    """As what somebody is invited, and for how many days it holds."""

    role: RoleName
    days: int = Field(7, ge=1, le=joining.MOST_DAYS)


class Invitation(BaseModel):
    """An invitation that waits."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    role: RoleName
    created: datetime
    expires: datetime


class Invitations(BaseModel):
    """Those that can still be accepted, oldest first."""

    invitations: list[Invitation]


class MadeInvitation(Invitation):
    """A new invitation; its `secret` is told this once. The page's link for it is /join#secret."""

    secret: str


class ShownInvitation(BaseModel):
    """The secret of an invitation."""

    invitation: str = Field(max_length=200)


class Invited(BaseModel):
    """As what somebody is invited, and until when."""

    role: RoleName
    expires: datetime


class Joining(BaseModel):
    """Who joins; without an `invitation` only where signing up is open."""

    name: str = Field(max_length=200)
    password: Password
    invitation: str | None = Field(None, max_length=200)


@router.get("/users", dependencies=[allow(Role.OWNER)])
def people(desk: TheDesk, accounts: TheAccounts) -> People:
    """Everybody."""
    theirs = belongings(desk.ledger)
    return People(people=[_shape(each, theirs) for each in accounts.people.people()])


@router.get("/users/names", dependencies=[allow(Role.MEMBER)])
def names(accounts: TheAccounts) -> Names:
    """The names of those who are let in."""
    return Names(people=[Name(id=p.id, name=p.name) for p in accounts.people.people() if not p.disabled])


@router.put("/users/{number}", dependencies=[allow(Role.OWNER, by_token=False)])
def change_person(
    desk: TheDesk, accounts: TheAccounts, caller: TheCaller, place: ThePlace, number: Number, change: PersonChange
) -> Person:
    """Make a person something else, keep them out, or let them in again, to sign in anew; it counts at once."""
    who, held = accounts.person(caller.id), accounts.person(number)
    if change.role is not None:
        held = others.give_role(accounts, who, number, change.role, place)
    if change.disabled is not None:
        held = others.keep_out(accounts, who, number, place, out=change.disabled)
    return _shape(held, belongings(desk.ledger))


@router.delete("/users/{number}", dependencies=[allow(Role.OWNER)], status_code=204)
def remove_person(
    desk: TheDesk,
    caller: TheCaller,
    place: ThePlace,
    number: Number,
    name: Annotated[str | None, Query(max_length=200, description="Theirs, where something of their own goes.")] = None,
) -> None:
    """Forget a person with their logins, tokens, shares, uploaded files, rules, and what these fired.

    Their portfolios, watchlists and own items go too, for good, if their name is sent; 422 says what they are.
    """
    uploads = Uploads(desk.settings.uploads)
    who = desk.accounts.person(caller.id)
    others.remove(desk.accounts, desk.ledger, uploads, who, number, place, named=name)


@router.get("/users/invitations", dependencies=[allow(Role.OWNER)])
def invitations(accounts: TheAccounts) -> Invitations:
    """Those that wait."""
    held = accounts.people.invitations(accounts.clock())
    return Invitations(invitations=[Invitation.model_validate(each) for each in held])


@router.post("/users/invitations", dependencies=[allow(Role.OWNER, by_token=False)], status_code=201)
def invite(accounts: TheAccounts, caller: TheCaller, place: ThePlace, new: NewInvitation) -> MadeInvitation:
    """Invite somebody: whoever brings the secret first becomes a person of that role."""
    made, secret = joining.invite(accounts, accounts.person(caller.id), new.role, new.days, place)
    return MadeInvitation(**Invitation.model_validate(made).model_dump(), secret=secret)


@router.delete("/users/invitations/{number}", dependencies=[allow(Role.OWNER)], status_code=204)
def withdraw(accounts: TheAccounts, caller: TheCaller, place: ThePlace, number: Number) -> None:
    """Have an invitation hold no longer."""
    deed = accounts.deed_of(caller.id, caller.name, "invitation withdrawn", place)
    accounts.people.withdraw(number, deed)


@router.post("/users/join/invitation", dependencies=[allow(Role.NOBODY)])
def invited(accounts: TheAccounts, place: ThePlace, shown: ShownInvitation) -> Invited:
    """What an invitation makes of who brings it, while it holds; 422 where it does not any more."""
    return Invited.model_validate(joining.look_at(accounts, shown.invitation, place), from_attributes=True)


@router.post("/users/join", dependencies=[allow(Role.NOBODY)], status_code=201)
def join(desk: TheDesk, place: ThePlace, request: Request, response: Response, new: Joining) -> SignedIn:
    """Become a person of the desk and sign in."""
    if new.invitation is not None:
        person = joining.accept(desk.accounts, new.invitation, new.name, new.password, place)
    elif desk.settings.signup == "open":
        person = joining.sign_up(desk.accounts, new.name, new.password, place)
    else:
        raise NotAllowed("This desk is joined by invitation only.", remedy="Ask its owner for one.")
    return welcome(desk, person, place, request, response, "signed in for the first time")


def _shape(person: StoredPerson, theirs: Mapping[int, Belongings]) -> Person:
    told = theirs.get(person.id, Belongings())
    return Person(
        id=person.id,
        name=person.name,
        role=person.role,
        disabled=person.disabled,
        password=person.password is not None,
        created=person.created,
        portfolios=told.portfolios,
        watchlists=told.watchlists,
        items=told.items,
    )

"""What was done to accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheAccounts, allow
from openbell.api.shapes import Number

router = APIRouter(tags=["accounts"])


class Entry(BaseModel):
    """What somebody did; `person` is null where nobody had signed in, or it was done on the host."""

    id: int
    at: datetime
    person: int | None
    name: str
    what: str
    about: str
    address: str


class Audit(BaseModel):
    """Newest first; `names` and `kinds` are all that there are to ask for, whichever are shown."""

    entries: list[Entry]
    names: list[str]
    kinds: list[str]


@router.get("/audit", dependencies=[allow(Role.OWNER)])
def audit(
    accounts: TheAccounts,
    before: Number | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    name: Annotated[str | None, Query(max_length=200, description="Of nobody who signed in: empty.")] = None,
    what: Annotated[str | None, Query(max_length=200)] = None,
) -> Audit:
    """Who did what, when and from where, of one name or kind only; go on with the last number as `before`."""
    names, kinds = accounts.audit.kinds()
    return Audit(
        entries=[
            Entry(
                id=each.id,
                at=each.deed.at,
                person=each.deed.person,
                name=each.deed.name,
                what=each.deed.what,
                about=each.deed.about,
                address=each.deed.address,
            )
            for each in accounts.audit.entries(before=before, limit=limit, name=name, what=what)
        ],
        names=names,
        kinds=kinds,
    )

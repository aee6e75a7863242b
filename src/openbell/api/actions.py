"""Splits, dividends and spin-offs of one symbol."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.api.shapes import Action, action_of
from openbell.history import instant

router = APIRouter(tags=["actions"])


AsOf = Annotated[str | None, Query(description="an instant, ISO 8601; UTC where it names no zone")]


class Actions(BaseModel):
    """Corporate actions, oldest first."""

    actions: list[Action]


@router.get("/actions", dependencies=[allow(Role.VIEWER)])
def actions(desk: TheDesk, symbol: str, as_of: AsOf = None) -> Actions:
    """The actions of `symbol` as known at `as_of` (default: now)."""
    key = desk.history.instrument(symbol).id
    rows = desk.lake.actions([key], as_of=instant("as_of", as_of) if as_of else None)
    return Actions(actions=[action_of(row) for row in rows.iter_rows(named=True)])

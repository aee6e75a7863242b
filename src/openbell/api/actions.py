"""Splits, dividends and spin-offs of one symbol."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.api.shapes import Action, action_of

router = APIRouter(tags=["actions"])


class Actions(BaseModel):
    """Corporate actions, oldest first."""

    actions: list[Action]


@router.get("/actions", dependencies=[allow(Role.VIEWER)])
def actions(desk: TheDesk, symbol: str, as_of: datetime | None = None) -> Actions:
    """The actions of `symbol` as known at `as_of` (default: now)."""
    key = desk.history.instrument(symbol).id
    rows = desk.lake.actions([key], as_of=as_of)
    return Actions(actions=[action_of(row) for row in rows.iter_rows(named=True)])

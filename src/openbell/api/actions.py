"""Splits, dividends and spin-offs: those of one symbol, and the inbox of those that are news."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheCaller, TheDesk, ThePlace, allow, deed_of
from openbell.api.shapes import Action, action_of, sentence
from openbell.desk import Desk
from openbell.history import instant
from openbell.ingest.inbox import apply, preview, undo
from openbell.store.inboxbook import Entry, EntryState, InboxBook

router = APIRouter(tags=["actions"])


AsOf = Annotated[str | None, Query(description="an instant, ISO 8601; UTC where it names no zone")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="of an entry of the inbox")]


class Actions(BaseModel):
    """Corporate actions, oldest first."""

    actions: list[Action]


@router.get("/actions", dependencies=[allow(Role.VIEWER)])
def actions(desk: TheDesk, symbol: str, as_of: AsOf = None) -> Actions:
    """The actions of `symbol` as known at `as_of` (default: now)."""
    key = desk.history.instrument(symbol).id
    rows = desk.lake.actions([key], as_of=instant("as_of", as_of) if as_of else None)
    return Actions(actions=[action_of(row) for row in rows.iter_rows(named=True)])


class InboxPreview(BaseModel):
    """What an event does to earlier prices: they are multiplied by `factor`. Changes are from the close before the ex
    date to the first one after it, in percent: as traded, and adjusted for the event."""

    factor: float | None
    close_before: float | None
    close_after: float | None
    change_pct: float | None
    adjusted_change_pct: float | None


class InboxEntry(BaseModel):
    """A split or dividend that is news. `in_use`: the prices are adjusted for it now.

    What is `inferred` from a jump waits to be applied."""

    id: int
    symbol: str
    ex_date: date
    kind: str
    ratio: float | None
    amount: float | None
    """Of all that is paid on the day."""
    currency: str | None
    source: str
    text: str
    state: EntryState
    in_use: bool
    noticed: datetime
    changed: datetime
    preview: InboxPreview


class Inbox(BaseModel):
    """The newest ex date first; `new` counts those that nobody has decided on."""

    new: int
    entries: list[InboxEntry]


@router.get("/actions/inbox", dependencies=[allow(Role.VIEWER)])
def inbox(desk: TheDesk) -> Inbox:
    """Splits and dividends that are news, with what each does to the prices."""
    entries = [_entry(desk, each) for each in InboxBook(desk.ledger).entries()]
    return Inbox(new=sum(each.state == "new" for each in entries), entries=entries)


@router.post("/actions/inbox/{number}/apply", dependencies=[allow(Role.MEMBER)])
def apply_entry(desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number) -> InboxEntry:
    """Adjust the prices for an event; again: no change."""
    entry = apply(desk.lake, InboxBook(desk.ledger), number, desk.clock())
    desk.accounts.audit.write(deed_of(desk, caller, "split or dividend applied", place, f"{entry.symbol}, {number}"))
    return _entry(desk, entry)


@router.post("/actions/inbox/{number}/undo", dependencies=[allow(Role.MEMBER)])
def undo_entry(desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number) -> InboxEntry:
    """Leave the prices as they are without the event, also when a vendor tells of it again; again: no change."""
    entry = undo(desk.lake, InboxBook(desk.ledger), number, desk.clock())
    desk.accounts.audit.write(deed_of(desk, caller, "split or dividend undone", place, f"{entry.symbol}, {number}"))
    return _entry(desk, entry)


def _entry(desk: Desk, entry: Entry) -> InboxEntry:
    shown, paid = preview(desk.lake, entry), [row["amount"] for row in entry.told if row["amount"] is not None]
    amount = round(sum(paid), 6) if paid else None
    row = {**entry.told[0], "amount": amount, "kind": entry.kind}
    return InboxEntry(
        id=entry.id,
        symbol=desk.history.register.instrument(entry.symbol).ticker,
        ex_date=entry.ex_date,
        kind=entry.kind,
        ratio=entry.told[0]["ratio"],
        amount=amount,
        currency=entry.told[0]["currency"],
        source=entry.source,
        text=sentence(row),
        state=entry.state,
        in_use=shown.in_use,
        noticed=entry.noticed,
        changed=entry.changed,
        preview=InboxPreview(
            factor=shown.factor,
            close_before=shown.close_before,
            close_after=shown.close_after,
            change_pct=_percent(shown.change),
            adjusted_change_pct=_percent(shown.adjusted_change),
        ),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100

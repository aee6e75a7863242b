"""What fired, and the proof of its delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheCaller, TheDesk, allow
from openbell.api.shapes import Number
from openbell.store.alertbook import AlertBook
from openbell.store.firingbook import Firing as StoredFiring
from openbell.store.firingbook import FiringBook
from openbell.store.outbox import Outbox, State

router = APIRouter(tags=["alerts"])


class Firing(BaseModel):
    """What fired, and how many of its ways are in which state; `failing` of those to come have failed so far."""

    id: int
    rule: int
    rule_name: str | None
    symbol: str
    at: datetime
    price: float | None
    message: str
    quiet: bool
    seen: bool
    deliveries: dict[State, int]
    failing: int


class Firings(BaseModel):
    """The newest first; `unseen` counts all that were not looked at, `last_day` all of the last 24 hours."""

    unseen: int
    last_day: int
    firings: list[Firing]


class Attempt(BaseModel):
    """One try to deliver, with the receiver's receipt or the reason."""

    at: datetime
    ok: bool
    receipt: str


class Delivery(BaseModel):
    """The way of a firing to a channel."""

    channel: int
    channel_name: str | None
    key: str
    state: State
    next_try: datetime | None
    created: datetime
    attempts: list[Attempt]


class Deliveries(BaseModel):
    """Every way of a firing."""

    deliveries: list[Delivery]


class Seen(BaseModel):
    """Everything up to this firing has been looked at."""

    upto: Number


@router.get("/alerts/firings", dependencies=[allow(Role.VIEWER)])
def firings(
    desk: TheDesk, caller: TheCaller, limit: int = Query(50, ge=1, le=500), before: Number | None = None
) -> Firings:
    """What the caller's rules have fired, the newest first, numbered below `before`."""
    book, outbox = FiringBook(desk.ledger), Outbox(desk.ledger)
    found = book.firings(caller.id, most=limit, before=before)
    standing = outbox.standing([each.id for each in found])
    failing = outbox.failing([each.id for each in found])
    names = {each.id: each.name for each in AlertBook(desk.ledger).rules(caller.id)}
    return Firings(
        unseen=book.unseen(caller.id),
        last_day=book.fired_since(desk.clock() - timedelta(days=1), caller.id),
        firings=[
            _firing(each, names.get(each.rule_id), standing.get(each.id, {}), failing.get(each.id, 0)) for each in found
        ],
    )


@router.post("/alerts/firings/seen", dependencies=[allow(Role.VIEWER)], status_code=204)
def mark_seen(desk: TheDesk, caller: TheCaller, seen: Seen) -> None:
    """The caller has looked at all that fired for them up to a number."""
    FiringBook(desk.ledger).mark_seen(seen.upto, caller.id)


@router.get("/alerts/firings/{number}/deliveries", dependencies=[allow(Role.VIEWER)])
def deliveries(desk: TheDesk, caller: TheCaller, number: Number) -> Deliveries:
    """The proof of delivery of one of the caller's firings: every way, every try."""
    outbox = Outbox(desk.ledger)
    names = {each.id: each.name for each in AlertBook(desk.ledger).channels()}
    return Deliveries(
        deliveries=[
            Delivery(
                channel=each.channel_id,
                channel_name=names.get(each.channel_id),
                key=each.key,
                state=each.state,
                next_try=each.next_try,
                created=each.created,
                attempts=[Attempt(at=a.at, ok=a.ok, receipt=a.receipt) for a in outbox.attempts(each.id)],
            )
            for each in outbox.deliveries(number, caller.id)
        ]
    )


def _firing(firing: StoredFiring, name: str | None, standing: Mapping[State, int], failing: int) -> Firing:
    return Firing(
        id=firing.id,
        rule=firing.rule_id,
        rule_name=name,
        symbol=firing.symbol,
        at=firing.at,
        price=firing.price,
        message=firing.message,
        quiet=firing.quiet,
        seen=firing.seen,
        deliveries=dict(standing),
        failing=failing,
    )

"""Where prices come from: vendors and their budgets, fetches, rejected rows, the size of the lake."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.desk import Desk
from openbell.ingest.feed import FeedState
from openbell.ingest.quality.reasons import REASONS
from openbell.live import Live
from openbell.providers.base import Capabilities
from openbell.providers.ordered import Health, HealthState
from openbell.rulebook import Rulebook
from openbell.store.ledger import Fetch as StoredFetch
from openbell.store.ledger import FetchState

router = APIRouter(tags=["sources"])


class Budget(BaseModel):
    """What is left of one rate: at most `calls` in any `per_s` seconds."""

    calls: int
    per_s: float
    left: int


class Provider(BaseModel):
    """A vendor, what it delivers, how it is doing, and what may still be asked of it."""

    name: str
    title: str
    state: HealthState
    detail: str
    last_ok: datetime | None
    next_try: datetime | None
    delay_s: float
    needs_key: bool
    note: str
    kinds: list[str]
    intervals: list[str]
    budget: list[Budget]


class Feed(BaseModel):
    """A stream of prices: whether it is heard, how fast and how late, and what it missed."""

    name: str
    title: str
    state: FeedState
    detail: str
    since: datetime | None
    last: datetime | None
    next_try: datetime | None
    symbols: int
    lag_s: float | None
    per_s: float
    rows: int
    repeated: int
    rejects: int
    connections: int
    gaps: int
    healed: int


class AlertsTrouble(BaseModel):
    """Why the alert rules cannot be judged, or what they fire be kept, and since when."""

    detail: str
    since: datetime


class Fetch(BaseModel):
    """How the newest fetch for a symbol stands."""

    symbol: str
    kind: str
    state: FetchState
    detail: str
    rows: int
    next_try: datetime | None
    at: datetime


class RejectCount(BaseModel):
    """How many rows of a source were set aside for one reason."""

    source: str
    reason: str
    title: str
    count: int
    latest: datetime


class TableSize(BaseModel):
    """How large a table of the lake is."""

    name: str
    rows: int
    files: int
    bytes: int


class LakeSize(BaseModel):
    """The lake's tables."""

    tables: list[TableSize]


class Sources(BaseModel):
    """The health of everything that brings prices, and of the alert rules that hear them; null: they do."""

    providers: list[Provider]
    feeds: list[Feed]
    alerts: AlertsTrouble | None
    fetches: list[Fetch]
    rejects: list[RejectCount]
    lake: LakeSize


class Reject(BaseModel):
    """A row that was set aside, with the reason and the row as it came."""

    symbol: str | None
    interval: str | None
    ts: datetime | None
    reason: str
    detail: str
    row: str
    repaired: bool
    source: str
    origin: str
    known_at: datetime


class Rejects(BaseModel):
    """Rejected rows, newest first; `total` counts those beyond this page too."""

    total: int
    rows: list[Reject]


@router.get("/sources", dependencies=[allow(Role.VIEWER)])
def sources(desk: TheDesk, caller: TheCaller, request: Request) -> Sources:
    """Vendors, fetches, rejects per source and reason, and the lake's size; of fetches, those of what one follows
    where one is no owner."""
    health = [
        _provider(capabilities, h) for capabilities, h in zip(desk.capabilities, desk.vendors.health(), strict=True)
    ]
    demo = [_provider(desk.simulated.capabilities, _simulated_health(desk))] if desk.demo else []
    live: Live | None = getattr(request.app.state, "live", None)  # none where no jobs run
    trouble = None if live is None else live.trouble_of_alerts()
    return Sources(
        providers=[*health, *demo],
        feeds=[Feed(**asdict(feed)) for feed in live.health()] if live is not None else [],
        alerts=None if trouble is None else AlertsTrouble(**asdict(trouble)),
        fetches=[
            Fetch(
                symbol=f.symbol,
                kind=f.kind,
                state=f.state,
                detail=f.detail,
                rows=f.rows,
                next_try=f.next_try,
                at=f.at,
            )
            for f in _fetches(desk, caller)
        ],
        rejects=_counts(desk),
        lake=LakeSize(
            tables=[TableSize(name=v.table, rows=v.rows, files=v.files, bytes=v.size) for v in desk.lake.volumes()]
        ),
    )


@router.get("/sources/rejects", dependencies=[allow(Role.VIEWER)])
def rejects(
    desk: TheDesk,
    source: str | None = None,
    reason: str | None = None,
    symbol: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
    offset: int = Query(0, ge=0, le=100_000_000),
) -> Rejects:
    """The rows that were set aside, newest first."""
    total = sum(desk.lake.reject_counts(source=source, reason=reason, symbol=symbol)["count"])
    page = desk.lake.rejects(source=source, reason=reason, symbol=symbol, offset=offset, limit=limit)
    return Rejects(total=total, rows=[Reject.model_validate(row) for row in page.iter_rows(named=True)])


def _fetches(desk: Desk, caller: Caller) -> list[StoredFetch]:
    fetches = desk.ledger.fetches()
    if caller.role is Role.OWNER:
        return fetches
    followed = Rulebook(desk).watched_by(caller.id)
    return [each for each in fetches if each.symbol in followed]


def _provider(capabilities: Capabilities, health: Health) -> Provider:
    kinds = {
        "bars": bool(capabilities.bars),
        "quotes": capabilities.quotes,
        "actions": capabilities.actions,
        "search": capabilities.search,
    }
    return Provider(
        name=capabilities.name,
        title=capabilities.title,
        state=health.state,
        detail=health.detail,
        last_ok=health.last_ok,
        next_try=health.next_try,
        delay_s=capabilities.delay.total_seconds(),
        needs_key=capabilities.needs_key,
        note=capabilities.note,
        kinds=[kind for kind, offered in kinds.items() if offered],
        intervals=[str(interval) for interval in capabilities.bars],
        budget=[Budget(calls=r.rate.calls, per_s=r.rate.per.total_seconds(), left=r.left) for r in health.remaining],
    )


def _simulated_health(desk: Desk) -> Health:
    name = desk.simulated.capabilities.name
    return Health(name=name, title=desk.simulated.capabilities.title, state="ok", last_ok=desk.clock())


def _counts(desk: Desk) -> list[RejectCount]:
    return [
        RejectCount(**row, title=REASONS.get(row["reason"], row["reason"]))
        for row in desk.lake.reject_counts().iter_rows(named=True)
    ]

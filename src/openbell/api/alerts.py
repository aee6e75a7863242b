"""Alerts: rules and their trial on the past, what fired and how it was delivered, and the channels it leaves by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, PlainSerializer, PlainValidator, WithJsonSchema

from openbell.alerts.channels import Undelivered, channel_of, shown
from openbell.alerts.deliver import send_test
from openbell.alerts.rules import Condition, Quiet, Repeat, Rule, Target
from openbell.alerts.words import sentence
from openbell.api.access import Role, TheDesk, allow
from openbell.api.problems import NotFound
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.rulebook import TRIED_DAYS, Rulebook, body_of, rule_of
from openbell.store.alertbook import AlertBook, StoredChannel, StoredRule
from openbell.store.outbox import Firing as StoredFiring
from openbell.store.outbox import Outbox, State

router = APIRouter(tags=["alerts"])


Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of a rule, a firing, a channel."""


def _told(kind: Any) -> Any:
    """A pydantic annotation of a msgspec union: read, written and described by msgspec."""
    (schema,), parts = msgspec.json.schema_components([kind])
    return Annotated[
        kind,
        PlainValidator(lambda given: msgspec.convert(given, kind)),
        PlainSerializer(msgspec.to_builtins, return_type=dict[str, Any]),
        WithJsonSchema({"anyOf": [parts[each["$ref"].rpartition("/")[2]] for each in schema["anyOf"]]}),
    ]


ToldCondition = _told(Condition)
ToldTarget = _told(Target)


class QuietHours(BaseModel):
    """From `start` to `end` on the clocks of `zone`."""

    start: time
    end: time
    zone: str


class Draft(BaseModel):
    """A rule as its owner words it. `channels`: the ones it tells, null for all; times in minutes."""

    name: str = Field(min_length=1, max_length=80)
    condition: ToldCondition  # type: ignore[valid-type]  # made of the rules' own types
    target: ToldTarget | None = None  # type: ignore[valid-type]
    hysteresis_pct: float = 0.0
    cooldown_min: float = Field(0.0, ge=0, le=525_600)
    repeat: Repeat = "always"
    expires: datetime | None = None
    quiet: QuietHours | None = None
    session_only: bool = False
    message: str = Field("", max_length=400)
    enabled: bool = True
    channels: list[Number] | None = None


class KeptRule(Draft):
    """A rule as it is kept, with a sentence for it and the symbols it is on now."""

    id: int
    sentence: str
    symbols: list[str]
    created: datetime
    changed: datetime


class Rules(BaseModel):
    """All rules, oldest first; `unreadable` names those that another version of the program wrote."""

    rules: list[KeptRule]
    unreadable: list[str]


class Fired(BaseModel):
    """A rule would have fired."""

    symbol: str
    at: datetime
    price: float | None
    message: str


class Trial(BaseModel):
    """How a rule would have done: on bars of which interval, since when, and when it would have fired."""

    symbol: str
    since: datetime
    interval: str
    fired: list[Fired]


class Trials(BaseModel):
    """A rule on the past of its symbols."""

    count: int
    trials: list[Trial]


class Firing(BaseModel):
    """What fired, and how many of its ways are in which state."""

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


class Firings(BaseModel):
    """The newest first; `unseen` counts all that nobody has looked at."""

    unseen: int
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


class NewChannel(BaseModel):
    """A channel and its configuration, see the documentation of alerts."""

    kind: str
    name: str = Field(min_length=1, max_length=80)
    config: dict[str, str | Annotated[int, Field(ge=0, le=2**31 - 1)]]
    enabled: bool = True


class ChannelChange(BaseModel):
    """What to change; what is absent stays, also within `config`: secrets need not be told again."""

    name: str | None = Field(None, min_length=1, max_length=80)
    config: dict[str, str | Annotated[int, Field(ge=0, le=2**31 - 1)]] | None = None
    enabled: bool | None = None


class Channel(BaseModel):
    """A channel; what is secret in its `config` is shown by its end only."""

    id: int
    kind: str
    name: str
    config: dict[str, Any]
    enabled: bool


class Channels(BaseModel):
    """All channels, oldest first."""

    channels: list[Channel]


class Receipt(BaseModel):
    """Whether a test message arrived, and what the receiver said."""

    ok: bool
    receipt: str


@router.get("/alerts/rules", dependencies=[allow(Role.VIEWER)])
def rules(desk: TheDesk) -> Rules:
    """Every rule."""
    book, found, unreadable = Rulebook(desk), [], []
    for stored in book.kept.rules():
        try:
            found.append(_rule(book, stored, rule_of(stored)))
        except InvalidInput:
            unreadable.append(stored.name)
    return Rules(rules=found, unreadable=unreadable)


@router.post("/alerts/rules", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_rule(desk: TheDesk, draft: Draft) -> KeptRule:
    """A new rule; it counts from now on."""
    book, rule = Rulebook(desk), _drafted(draft)
    _assert_channels(book.kept, draft.channels)
    stored = book.kept.add_rule(rule.name, body_of(rule), desk.clock(), channels=draft.channels, enabled=draft.enabled)
    return _rule(book, stored, rule_of(stored))


@router.put("/alerts/rules/{number}", dependencies=[allow(Role.MEMBER)])
def change_rule(desk: TheDesk, number: Number, draft: Draft) -> KeptRule:
    """Replace a rule; one with another condition begins anew."""
    book, rule = Rulebook(desk), _drafted(draft)
    _assert_channels(book.kept, draft.channels)
    held = next((each for each in book.kept.rules() if each.id == number), None)
    if held is None:
        raise NotFound(f"There is no rule {number}.", remedy="List them with GET /alerts/rules.")
    told = None if draft.channels is None else tuple(draft.channels)
    now = desk.clock()
    changed = StoredRule(number, rule.name, body_of(rule), told, draft.enabled, held.created, now)
    book.kept.change_rule(changed, now)
    return _rule(book, changed, rule_of(changed))


@router.delete("/alerts/rules/{number}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_rule(desk: TheDesk, number: Number) -> None:
    """Forget a rule; what it has fired stays."""
    AlertBook(desk.ledger).remove_rule(number)


@router.post("/alerts/trial", dependencies=[allow(Role.MEMBER)])
def trial(desk: TheDesk, draft: Draft, days: int = Query(TRIED_DAYS, ge=1, le=3660)) -> Trials:
    """When a rule would have fired in the last `days` days."""
    book, rule = Rulebook(desk), _drafted(draft)
    symbols = () if rule.target is None else book.members(rule.target)
    done = [
        Trial(
            symbol=each.symbol,
            since=each.since,
            interval=str(each.interval),
            fired=[Fired(symbol=each.symbol, at=f.at, price=f.price, message=f.message) for f in each.firings],
        )
        for each in book.trial(rule, symbols, days)
    ]
    return Trials(count=sum(len(each.fired) for each in done), trials=done)


@router.get("/alerts/firings", dependencies=[allow(Role.VIEWER)])
def firings(desk: TheDesk, limit: int = Query(50, ge=1, le=500), before: Number | None = None) -> Firings:
    """What fired, the newest first, numbered below `before`."""
    outbox = Outbox(desk.ledger)
    found = outbox.firings(most=limit, before=before)
    standing = outbox.standing([each.id for each in found])
    names = {each.id: each.name for each in AlertBook(desk.ledger).rules()}
    return Firings(
        unseen=outbox.unseen(),
        firings=[_firing(each, names.get(each.rule_id), standing.get(each.id, {})) for each in found],
    )


@router.post("/alerts/firings/seen", dependencies=[allow(Role.MEMBER)], status_code=204)
def mark_seen(desk: TheDesk, seen: Seen) -> None:
    """The owner has looked at all firings up to a number."""
    Outbox(desk.ledger).mark_seen(seen.upto)


@router.get("/alerts/firings/{number}/deliveries", dependencies=[allow(Role.VIEWER)])
def deliveries(desk: TheDesk, number: Number) -> Deliveries:
    """The proof of delivery of one firing: every way, every try."""
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
            for each in outbox.deliveries(number)
        ]
    )


@router.get("/alerts/channels", dependencies=[allow(Role.VIEWER)])
def channels(desk: TheDesk) -> Channels:
    """Every channel, without its secrets."""
    return Channels(channels=[_channel(each) for each in AlertBook(desk.ledger).channels()])


@router.post("/alerts/channels", dependencies=[allow(Role.OWNER)], status_code=201)
def add_channel(desk: TheDesk, new: NewChannel) -> Channel:
    """A new channel; send a test to see whether it works."""
    channel_of(new.kind, new.config)
    return _channel(AlertBook(desk.ledger).add_channel(new.kind, new.name, new.config, enabled=new.enabled))


@router.put("/alerts/channels/{number}", dependencies=[allow(Role.OWNER)])
def change_channel(desk: TheDesk, number: Number, change: ChannelChange) -> Channel:
    """Rename, reconfigure or switch a channel."""
    held = _held(desk, number)
    changed = replace(
        held,
        name=change.name or held.name,
        config={**held.config, **(change.config or {})},
        enabled=held.enabled if change.enabled is None else change.enabled,
    )
    channel_of(changed.kind, changed.config)
    AlertBook(desk.ledger).change_channel(changed)
    return _channel(changed)


@router.delete("/alerts/channels/{number}", dependencies=[allow(Role.OWNER)], status_code=204)
def remove_channel(desk: TheDesk, number: Number) -> None:
    """Forget a channel and its secrets; its receipts stay."""
    AlertBook(desk.ledger).remove_channel(number)


@router.post("/alerts/channels/{number}/test", dependencies=[allow(Role.OWNER)])
async def test_channel(desk: TheDesk, number: Number) -> Receipt:
    """Send a message that says it is a test, and wait for the receipt."""
    held = _held(desk, number)
    channel = channel_of(held.kind, held.config)
    if channel is None:
        return Receipt(ok=True, receipt="The page shows these itself.")
    try:
        return Receipt(ok=True, receipt=await send_test(channel, desk.clock()))
    except Undelivered as error:
        return Receipt(ok=False, receipt=error.what)


def _drafted(draft: Draft) -> Rule:
    """The rule that a draft words; raises InvalidInput."""
    quiet = None if draft.quiet is None else Quiet(draft.quiet.start, draft.quiet.end, draft.quiet.zone)
    return Rule(
        id="draft",
        name=draft.name.strip(),
        condition=draft.condition,
        target=draft.target,
        hysteresis_pct=draft.hysteresis_pct,
        cooldown=timedelta(minutes=draft.cooldown_min),
        repeat=draft.repeat,
        expires=draft.expires,
        quiet=quiet,
        session_only=draft.session_only,
        message=draft.message,
        enabled=draft.enabled,
    )


def _rule(book: Rulebook, stored: StoredRule, rule: Rule) -> KeptRule:
    quiet = None if rule.quiet is None else QuietHours(start=rule.quiet.start, end=rule.quiet.end, zone=rule.quiet.zone)
    return KeptRule(
        id=stored.id,
        name=rule.name,
        condition=rule.condition,
        target=rule.target,
        hysteresis_pct=rule.hysteresis_pct,
        cooldown_min=rule.cooldown.total_seconds() / 60,
        repeat=rule.repeat,
        expires=rule.expires,
        quiet=quiet,
        session_only=rule.session_only,
        message=rule.message,
        enabled=stored.enabled,
        channels=None if stored.channels is None else list(stored.channels),
        sentence=sentence(rule),
        symbols=[] if rule.target is None else list(book.members(rule.target)),
        created=stored.created,
        changed=stored.changed,
    )


def _firing(firing: StoredFiring, name: str | None, standing: Mapping[State, int]) -> Firing:
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
    )


def _channel(channel: StoredChannel) -> Channel:
    config = shown(channel.kind, channel.config)
    return Channel(id=channel.id, kind=channel.kind, name=channel.name, config=config, enabled=channel.enabled)


def _held(desk: Desk, number: Number) -> StoredChannel:
    held = next((each for each in AlertBook(desk.ledger).channels() if each.id == number), None)
    if held is None:
        raise NotFound(f"There is no channel {number}.", remedy="List them with GET /alerts/channels.")
    return held


def _assert_channels(book: AlertBook, chosen: list[int] | None) -> None:
    known = {each.id for each in book.channels()}
    missing = [number for number in chosen or [] if number not in known]
    if missing:
        raise InvalidInput(
            "channels", f"There is no channel {missing[0]}.", remedy="List them with GET /alerts/channels."
        )

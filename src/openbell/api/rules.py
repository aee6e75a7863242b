"""The rules of alerts, each its owner's, and their trial on the past."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, PlainSerializer, PlainValidator, RootModel, WithJsonSchema

from openbell.alerts import conditions
from openbell.alerts.conditions import FeedDown, JobFailed, Watchlist
from openbell.alerts.given import made
from openbell.alerts.rules import Quiet, Repeat, Rule, cooldown_of
from openbell.alerts.words import sentence
from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.desk import Desk
from openbell.jobs import job_of
from openbell.model.errors import InvalidInput
from openbell.rulebook import Rulebook, body_of, rule_of
from openbell.store.alertbook import AlertBook, StoredRule
from openbell.trials import TRIED_DAYS, trials

router = APIRouter(tags=["alerts"])


def _told(kind: Any) -> Any:
    """A pydantic annotation of a msgspec union: read, written and described by msgspec."""
    (schema,), parts = msgspec.json.schema_components([kind])
    return Annotated[
        kind,
        PlainValidator(lambda given: made(given, kind)),
        PlainSerializer(msgspec.to_builtins, return_type=dict[str, Any]),
        WithJsonSchema({"anyOf": [parts[each["$ref"].rpartition("/")[2]] for each in schema["anyOf"]]}),
    ]


class Condition(RootModel[_told(conditions.Condition)]):  # type: ignore[misc]  # made of the rules' own types
    """What a rule waits for."""


class Target(RootModel[_told(conditions.Target)]):  # type: ignore[misc]
    """What a rule is on."""


class QuietHours(BaseModel):
    """From `start` to `end` on the clocks of `zone`."""

    start: time
    end: time
    zone: str


class Draft(BaseModel):
    """A rule as its owner words it. `channels`: the ones it tells, null for all; times in minutes."""

    name: str
    condition: Condition
    target: Target | None = None
    hysteresis_pct: float = 0.0
    cooldown_min: float = 0.0
    repeat: Repeat = "always"
    expires: datetime | None = None
    quiet: QuietHours | None = None
    session_only: bool = False
    message: str = ""
    enabled: bool = True
    channels: list[Number] | None = None


class KeptRule(Draft):
    """A rule as it is kept, with a sentence for it and the symbols it is on now.

    `unknown`: those of them, or the feed, that the desk has never heard of. `over`: why it waits for nothing more: it
    has `fired` on each of its symbols, once for good, or has `ended`. `left_out`: why it is on nothing now.
    """

    id: int
    sentence: str
    symbols: list[str]
    unknown: list[str]
    over: Literal["fired", "ended"] | None
    left_out: str | None
    created: datetime
    changed: datetime


class Unreadable(BaseModel):
    """A rule that another version of the program wrote: it fires nothing, and can be removed."""

    id: int
    name: str


class Rules(BaseModel):
    """The caller's rules, oldest first."""

    rules: list[KeptRule]
    unreadable: list[Unreadable]


class Fired(BaseModel):
    """A rule would have fired; on the trade date `day` where no more is known of it than that day's bar."""

    symbol: str
    at: datetime
    day: date | None
    price: float | None
    message: str


class Trial(BaseModel):
    """How a rule would have done: since when, on how many dates judged by the day's bar alone, and when."""

    symbol: str
    since: datetime
    days: int
    fired: list[Fired]


class Trials(BaseModel):
    """A rule on the past of its symbols."""

    count: int
    trials: list[Trial]


@router.get("/alerts/rules", dependencies=[allow(Role.VIEWER)])
def rules(desk: TheDesk, caller: TheCaller) -> Rules:
    """The caller's rules; nobody else sees them."""
    book, found, unreadable = Rulebook(desk), [], []
    spent = book.spent(caller.id)
    for stored in book.kept.rules(caller.id):
        try:
            found.append(_rule(desk, book, stored, rule_of(stored), spent))
        except InvalidInput:
            unreadable.append(Unreadable(id=stored.id, name=stored.name))
    return Rules(rules=found, unreadable=unreadable)


@router.post("/alerts/rules", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_rule(desk: TheDesk, caller: TheCaller, draft: Draft) -> KeptRule:
    """A new rule; it counts from now on."""
    rule = _drafted(draft)
    rule.assert_ahead(desk.clock())
    book = _book_for(desk, caller, draft, rule)
    stored = book.kept.add_rule(
        rule.name, body_of(rule), desk.clock(), owner=caller.id, channels=draft.channels, enabled=draft.enabled
    )
    return _rule(desk, book, stored, rule_of(stored), book.spent(caller.id))


@router.put("/alerts/rules/{number}", dependencies=[allow(Role.MEMBER)])
def change_rule(desk: TheDesk, caller: TheCaller, number: Number, draft: Draft) -> KeptRule:
    """Replace a rule; one with another condition begins anew."""
    rule = _drafted(draft)
    book = _book_for(desk, caller, draft, rule)
    held = next((each for each in book.kept.rules(caller.id) if each.id == number), None)
    if held is None:
        raise NotFound(f"There is no rule {number}.", remedy="List them with GET /alerts/rules.")
    body, now = body_of(rule), desk.clock()
    expires = held.body.get("expires")
    if rule.expires != (expires and datetime.fromisoformat(expires)):  # one that is over may still be renamed
        rule.assert_ahead(now)
    told = None if draft.channels is None else tuple(draft.channels)
    edited = StoredRule(number, caller.id, rule.name, body, told, draft.enabled, held.created, now)
    changed = book.kept.change_rule(edited, now)
    return _rule(desk, book, changed, rule_of(changed), book.spent(caller.id))


@router.delete("/alerts/rules/{number}", dependencies=[allow(Role.VIEWER)], status_code=204)
def remove_rule(desk: TheDesk, caller: TheCaller, number: Number) -> None:
    """Forget a rule of the caller's; what it has fired stays."""
    AlertBook(desk.ledger).remove_rule(number, caller.id)


@router.post("/alerts/trial", dependencies=[allow(Role.MEMBER)])
def trial(desk: TheDesk, caller: TheCaller, draft: Draft, days: int = Query(TRIED_DAYS, ge=1, le=3660)) -> Trials:
    """When a rule would have fired in the last `days` days."""
    rule = _drafted(draft)
    symbols = Rulebook(desk).members(rule.target, caller.id)
    done = [
        Trial(
            symbol=each.symbol,
            since=each.since,
            days=each.days,
            fired=[
                Fired(symbol=each.symbol, at=f.at, day=day, price=f.price, message=f.message) for f, day in each.fired
            ],
        )
        for each in trials(desk, rule, symbols, days)
    ]
    return Trials(count=sum(len(each.fired) for each in done), trials=done)


def _drafted(draft: Draft) -> Rule:
    """The rule that a draft words; raises InvalidInput."""
    if isinstance(waited := draft.condition.root, JobFailed) and waited.job:
        job_of("job", waited.job)
    quiet = None if draft.quiet is None else Quiet(draft.quiet.start, draft.quiet.end, draft.quiet.zone)
    return Rule(
        id="draft",
        name=draft.name.strip(),
        condition=draft.condition.root,
        target=None if draft.target is None else draft.target.root,
        hysteresis_pct=draft.hysteresis_pct,
        cooldown=cooldown_of(draft.cooldown_min),
        repeat=draft.repeat,
        expires=draft.expires,
        quiet=quiet,
        session_only=draft.session_only,
        message=draft.message,
        enabled=draft.enabled,
    )


def _rule(desk: Desk, book: Rulebook, stored: StoredRule, rule: Rule, spent: Collection[int]) -> KeptRule:
    symbols = list(book.members(rule.target, stored.owner))
    ended = rule.expires is not None and rule.expires <= desk.clock()
    quiet = None if rule.quiet is None else QuietHours(start=rule.quiet.start, end=rule.quiet.end, zone=rule.quiet.zone)
    return KeptRule(
        id=stored.id,
        name=rule.name,
        condition=Condition(rule.condition),
        target=None if rule.target is None else Target(rule.target),
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
        symbols=symbols,
        unknown=_unknown(desk, rule, symbols),
        over="ended" if ended else "fired" if stored.id in spent else None,
        left_out=book.left_out(rule.target, stored.owner),
        created=stored.created,
        changed=stored.changed,
    )


def _unknown(desk: Desk, rule: Rule, symbols: Sequence[str]) -> list[str]:
    """The symbols, or the feed, that the desk has never heard of."""
    if isinstance(rule.condition, FeedDown) and rule.condition.feed:
        return [] if rule.condition.feed in desk.feeds else [rule.condition.feed]
    return [each for each in symbols if not desk.history.knows(each)]


def _book_for(desk: Desk, caller: Caller, draft: Draft, rule: Rule) -> Rulebook:
    """The rules of the desk; raises InvalidInput where `draft` names a channel that is not there, or a watchlist
    that is not there for the caller."""
    book = Rulebook(desk)
    known = {each.id for each in book.kept.channels()}
    missing = [number for number in draft.channels or [] if number not in known]
    if missing:
        raise InvalidInput(
            "channels", f"There is no channel {missing[0]}.", remedy="List them with GET /alerts/channels."
        )
    if isinstance(rule.target, Watchlist) and book.left_out(rule.target, caller.id) is not None:
        what = f"There is no watchlist {rule.target.id}."
        raise InvalidInput("target", what, remedy="List them with GET /watchlists.")
    return book

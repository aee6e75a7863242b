"""The channels that alerts leave by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from openbell.accounts.accounts import Place
from openbell.alerts.channels import channel_of, reconfigured, shown
from openbell.alerts.deliver import send_test
from openbell.alerts.message import Undelivered
from openbell.api.access import Caller, Role, TheCaller, TheDesk, ThePlace, allow, deed_of
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.desk import Desk
from openbell.store.alertbook import AlertBook, StoredChannel
from openbell.store.outbox import Outbox

router = APIRouter(tags=["alerts"])


class NewChannel(BaseModel):
    """A channel and its configuration, see the documentation of alerts."""

    kind: str
    name: str = Field(min_length=1, max_length=80)
    config: dict[str, Any]
    enabled: bool = True


class ChannelChange(BaseModel):
    """What to change; what is absent stays, also within `config`, and so does a secret told as it is shown."""

    name: str | None = Field(None, min_length=1, max_length=80)
    config: dict[str, Any] | None = None
    enabled: bool | None = None


class Channel(BaseModel):
    """A channel; what is secret in its `config` is shown by its end only.

    `failing`: how many alerts did not arrive by it so far and are tried again.
    """

    id: int
    kind: str
    name: str
    config: dict[str, Any]
    enabled: bool
    failing: int


class Channels(BaseModel):
    """All channels, oldest first."""

    channels: list[Channel]


class Receipt(BaseModel):
    """Whether a test message arrived, and what the receiver said."""

    ok: bool
    receipt: str


@router.get("/alerts/channels", dependencies=[allow(Role.VIEWER)])
def channels(desk: TheDesk) -> Channels:
    """Every channel, without its secrets."""
    failing = Outbox(desk.ledger).failing_channels()
    return Channels(channels=[_channel(each, failing.get(each.id, 0)) for each in AlertBook(desk.ledger).channels()])


@router.post("/alerts/channels", dependencies=[allow(Role.OWNER)], status_code=201)
def add_channel(desk: TheDesk, caller: TheCaller, place: ThePlace, new: NewChannel) -> Channel:
    """A new channel; send a test to see whether it works."""
    channel_of(new.kind, new.config)
    made = AlertBook(desk.ledger).add_channel(new.kind, new.name, new.config, enabled=new.enabled)
    _log(desk, caller, place, "channel added", made)
    return _channel(made, 0)


@router.put("/alerts/channels/{number}", dependencies=[allow(Role.OWNER)])
def change_channel(desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number, change: ChannelChange) -> Channel:
    """Rename, reconfigure or switch a channel."""
    held = _held(desk, number)
    changed = replace(
        held,
        name=change.name or held.name,
        config=reconfigured(held.kind, held.config, change.config or {}),
        enabled=held.enabled if change.enabled is None else change.enabled,
    )
    channel_of(changed.kind, changed.config)
    AlertBook(desk.ledger).change_channel(changed)
    _log(desk, caller, place, "channel changed", changed)
    return _channel(changed, Outbox(desk.ledger).failing_channels().get(number, 0))


@router.delete("/alerts/channels/{number}", dependencies=[allow(Role.OWNER)], status_code=204)
def remove_channel(desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number) -> None:
    """Forget a channel and its secrets; its receipts stay."""
    gone = [each for each in AlertBook(desk.ledger).channels() if each.id == number]
    AlertBook(desk.ledger).remove_channel(number)
    for each in gone:
        _log(desk, caller, place, "channel removed", each)


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


def _log(desk: Desk, caller: Caller, place: Place, what: str, channel: StoredChannel) -> None:
    """Write down that somebody changed a channel, without its secrets."""
    desk.accounts.audit.write(deed_of(desk, caller, what, place, f"{channel.name}, {channel.kind}"))


def _channel(channel: StoredChannel, failing: int) -> Channel:
    config = shown(channel.kind, channel.config)
    return Channel(
        id=channel.id, kind=channel.kind, name=channel.name, config=config, enabled=channel.enabled, failing=failing
    )


def _held(desk: Desk, number: Number) -> StoredChannel:
    held = next((each for each in AlertBook(desk.ledger).channels() if each.id == number), None)
    if held is None:
        raise NotFound(f"There is no channel {number}.", remedy="List them with GET /alerts/channels.")
    return held

"""From the outbox to the channels: each on its own, again after a while if it failed, and given up with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from openbell.alerts.channels import channel_of
from openbell.alerts.message import TIMEOUT_S, Channel, Message, Undelivered
from openbell.model.errors import InvalidInput
from openbell.store.firingbook import Firing
from openbell.store.outbox import Item, Outbox

TRIES = 8
"""After so many a message is dead."""

PAUSES_S = (30.0, 120.0, 600.0, 3600.0, 21600.0)
"""After the first failure, the second, ...; after the last of them always the last. A tenth more or less by chance."""

LONGEST_WAIT_S = 86400.0
"""No receiver may ask for a longer one."""


async def deliver(
    outbox: Outbox, clock: Callable[[], datetime], chance: Callable[[], float], *, timeout_s: float = TIMEOUT_S
) -> None:
    """One pass: what is due goes out, all channels at once, each in the order of its items.

    A channel that fails is left for the next pass, so one that is down costs one time-out a pass, and no other channel
    waits for it but for the end of this pass.
    """
    async with asyncio.TaskGroup() as tasks:
        for number in await asyncio.to_thread(outbox.due, clock()):
            tasks.create_task(_empty(outbox, number, clock, chance, timeout_s))


async def keep_delivering(
    outbox: Outbox,
    clock: Callable[[], datetime],
    chance: Callable[[], float],
    *,
    every_s: float = 1.0,
) -> None:
    """As `deliver`, until cancelled; a channel that is slow holds up no other one."""
    busy: dict[int, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as tasks:
        while True:
            for number in await asyncio.to_thread(outbox.due, clock()):
                if number not in busy or busy[number].done():
                    busy[number] = tasks.create_task(_empty(outbox, number, clock, chance, TIMEOUT_S))
            await asyncio.sleep(every_s)


async def send_test(channel: Channel, now: datetime, *, timeout_s: float = TIMEOUT_S) -> str:
    """What the test button does: send a message that says so; returns the receipt, raises Undelivered."""
    message = Message(0, "test", "TEST", now, None, "A test from Openbell: alerts arrive here.")
    return await _send(channel, message, f"openbell-test-{now:%Y%m%d%H%M%S%f}", now, timeout_s)


async def _empty(
    outbox: Outbox, number: int, clock: Callable[[], datetime], chance: Callable[[], float], timeout_s: float
) -> None:
    """Send what is due for one channel, until there is no more or one fails for now."""
    while (item := await asyncio.to_thread(outbox.take, number, clock())) is not None:
        try:
            receipt = await _send_item(item, clock(), timeout_s)
        except Undelivered as error:
            now = clock()
            again = next_try(item.attempts + 1, error, now, chance)
            asked = now + _asked(error) if error.retry_after_s else None
            await asyncio.to_thread(outbox.failed, item, error.what, now, again, not_before=asked)
            if not error.permanent:
                return
        else:
            await asyncio.to_thread(outbox.sent, item, receipt, clock())


def next_try(failures: int, error: Undelivered, now: datetime, chance: Callable[[], float]) -> datetime | None:
    """When to try again after so many failures; None when it is dead."""
    if error.permanent or failures >= TRIES:
        return None
    pause = PAUSES_S[min(failures, len(PAUSES_S)) - 1] * (0.9 + 0.2 * chance())
    return now + max(timedelta(seconds=pause), _asked(error))


def _asked(error: Undelivered) -> timedelta:
    """How long the receiver asked to wait."""
    return timedelta(seconds=min(error.retry_after_s or 0.0, LONGEST_WAIT_S))


async def _send_item(item: Item, now: datetime, timeout_s: float) -> str:
    try:
        channel = channel_of(item.kind, item.config)
    except InvalidInput as error:
        raise Undelivered(str(error), permanent=True) from error
    if channel is None:
        return "Read by the page."
    return await _send(channel, message_of(item.firing), item.key, now, timeout_s)


async def _send(channel: Channel, message: Message, key: str, now: datetime, timeout_s: float) -> str:
    try:
        async with asyncio.timeout(timeout_s):
            return await channel.send(message, key, now)
    except Undelivered:
        raise
    except TimeoutError:
        raise Undelivered(f"No answer within {timeout_s:g} seconds.") from None
    except Exception as error:  # noqa: BLE001  # a channel's own fault, or Apprise's, must not end the others'
        raise Undelivered(f"The channel failed: {type(error).__name__}.") from None  # its text may hold a key


def message_of(firing: Firing) -> Message:
    """What a firing tells."""
    return Message(firing.rule_id, firing.event, firing.symbol, firing.at, firing.price, firing.message)

"""A message, sent through a channel to a real server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import apart
from openbell.alerts.deliver import send_test
from openbell.alerts.message import Channel, Message, Undelivered

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CROSSED = Message(7, "ACME@1", "ACME", NOON, 10.5, "ACME crossed 10 — <up>\r\nBcc: all@example.org")
KEY = "openbell-5f-1"


def send(channel: Channel, now: datetime = NOON) -> str:
    return apart.run(channel.send(CROSSED, KEY, now))


def refused(channel: Channel, timeout_s: float = 20) -> Undelivered:
    with pytest.raises(Undelivered) as told:
        apart.run(send_test(channel, NOON, timeout_s=timeout_s))
    return told.value

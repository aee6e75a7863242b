"""The range a caller asks for, checked once for every provider."""

from __future__ import annotations

from datetime import UTC, datetime

from openbell.model.errors import InvalidInput, NotOffered
from openbell.model.interval import Interval
from openbell.providers.base import Capabilities


def utc_range(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """`start` and `end` in UTC; raises InvalidInput for a naive one or an end before the start."""
    for field, instant in (("start", start), ("end", end)):
        if instant.tzinfo is None:
            raise InvalidInput(
                field, f"{field} {instant.isoformat()} has no time zone.", remedy="Pass an aware datetime."
            )
    if end < start:
        raise InvalidInput("end", f"The range ends ({end:%Y-%m-%d %H:%M}) before it starts ({start:%Y-%m-%d %H:%M}).")
    return start.astimezone(UTC), end.astimezone(UTC)


def offered(capabilities: Capabilities, interval: Interval) -> None:
    """Return if the provider declares bars of `interval`; raises NotOffered."""
    if interval not in capabilities.bars:
        known = ", ".join(str(each) for each in capabilities.bars) or "no bars"
        raise NotOffered(capabilities.name, f"no bars of {interval}; it offers {known}.")

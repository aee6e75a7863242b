"""How the ledger keeps an instant: as a text, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def instant_text(at: datetime) -> str:
    """An instant as it is kept."""
    return at.astimezone(UTC).isoformat()


def exact_text(at: datetime) -> str:
    """An instant as alerts keep it: always to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def maybe_instant_text(at: datetime | None) -> str | None:
    """As `instant_text`, where there is an instant."""
    return None if at is None else instant_text(at)


def maybe_instant(kept: str | None) -> datetime | None:
    """The instant that was kept, where there is one."""
    return None if kept is None else datetime.fromisoformat(kept)

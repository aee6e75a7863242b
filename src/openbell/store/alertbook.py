"""What the owner has set about alerts: the rules, as text that `alerts.rules` reads, and the channels they leave by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from openbell.model.errors import InvalidInput, StoreError
from openbell.store.ledger import Ledger, own_name

_META = sa.MetaData()
RULES = sa.Table(
    "alert_rules",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("channels", sa.JSON(none_as_null=True)),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("changed", sa.String, nullable=False),
)
CHANNELS = sa.Table(
    "channels",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("config", sa.JSON, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("not_before", sa.String),
)


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it is kept; `channels` are the ones it tells, None for all."""

    id: int
    name: str
    body: Mapping[str, Any]
    channels: tuple[int, ...] | None
    enabled: bool
    created: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """A channel as it is kept; its `config` holds passwords: show it through `alerts.channels.shown` only."""

    id: int
    kind: str
    name: str
    config: Mapping[str, Any] = field(repr=False)
    enabled: bool


class AlertBook:
    """Rules and channels, in the ledger. A number is never given twice."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def version(self) -> object:
        """Equal to what it was as long as `rules` says the same: an edit always sets when."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(RULES.c.id, RULES.c.changed).order_by(RULES.c.id))
            return [tuple(row) for row in rows]

    def rules(self) -> list[StoredRule]:
        """All rules, oldest first."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(RULES).order_by(RULES.c.id)).all()
        return [
            StoredRule(
                r.id,
                r.name,
                r.body,
                None if r.channels is None else tuple(r.channels),
                r.enabled,
                datetime.fromisoformat(r.created),
                datetime.fromisoformat(r.changed),
            )
            for r in rows
        ]

    def add_rule(
        self,
        name: str,
        body: Mapping[str, Any],
        now: datetime,
        *,
        channels: Sequence[int] | None = None,
        enabled: bool = True,
    ) -> StoredRule:
        """A new rule; raises InvalidInput for a name that another one bears."""
        at = now.astimezone(UTC)
        told = None if channels is None else tuple(channels)
        values = {"name": name, "body": dict(body), "channels": None if told is None else list(told)}
        times = {"created": at.isoformat(), "changed": at.isoformat()}
        number = self._insert("rule", RULES, {**values, **times, "enabled": enabled})
        return StoredRule(number, name, body, told, enabled, at, at)

    def change_rule(self, rule: StoredRule, now: datetime) -> None:
        """Replace all of a rule but its number and birth; raises InvalidInput when there is no such one."""
        values = {
            "name": rule.name,
            "body": dict(rule.body),
            "channels": None if rule.channels is None else list(rule.channels),
            "enabled": rule.enabled,
            "changed": now.astimezone(UTC).isoformat(),
        }
        self._update("rule", RULES, rule.id, values)

    def remove_rule(self, number: int) -> None:
        """Forget a rule; what it has fired stays. Raises InvalidInput when there is no such one."""
        self._delete("rule", RULES, number)

    def channels(self) -> list[StoredChannel]:
        """All channels, oldest first."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(CHANNELS).order_by(CHANNELS.c.id)).all()
        return [StoredChannel(r.id, r.kind, r.name, r.config, r.enabled) for r in rows]

    def add_channel(self, kind: str, name: str, config: Mapping[str, Any], *, enabled: bool = True) -> StoredChannel:
        """A new channel; raises InvalidInput for a name that another one bears."""
        values = {"kind": kind, "name": name, "config": dict(config), "enabled": enabled}
        return StoredChannel(self._insert("channel", CHANNELS, values), kind, name, config, enabled)

    def change_channel(self, channel: StoredChannel) -> None:
        """Replace the name, config and switch of a channel; raises InvalidInput when there is no such one.

        What waits for a channel that is switched off is given up at the next pass of the delivery. A receiver that
        asked to wait may be another one now: what waits for it is due.
        """
        values = {"name": channel.name, "config": dict(channel.config), "enabled": channel.enabled}
        self._update("channel", CHANNELS, channel.id, {**values, "not_before": None})

    def remove_channel(self, number: int) -> None:
        """Forget a channel and its passwords; its receipts stay. Raises InvalidInput when there is no such one."""
        self._delete("channel", CHANNELS, number)

    def _insert(self, thing: str, table: sa.Table, values: Mapping[str, Any]) -> int:
        with own_name(thing), self._ledger.transaction() as connection:
            key = connection.execute(sa.insert(table).values(**values)).inserted_primary_key
        if key is None:
            raise StoreError(f"The ledger did not number the new {thing}.")
        return int(key[0])

    def _update(self, thing: str, table: sa.Table, number: int, values: Mapping[str, Any]) -> None:
        with own_name(thing), self._ledger.transaction() as connection:
            found = connection.execute(sa.update(table).where(table.c.id == number).values(**values)).rowcount
        _assert_there(thing, number, found)

    def _delete(self, thing: str, table: sa.Table, number: int) -> None:
        with self._ledger.transaction() as connection:
            found = connection.execute(sa.delete(table).where(table.c.id == number)).rowcount
        _assert_there(thing, number, found)


def _assert_there(thing: str, number: int, found: int) -> None:
    if found != 1:
        raise InvalidInput("id", f"There is no {thing} {number}.", remedy=f"List the {thing}s to see their numbers.")

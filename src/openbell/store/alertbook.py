"""What is set about alerts: each person's rules, as text that `alerts.rules` reads, and the desk's channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from openbell.store.ledger import Ledger, own_name
from openbell.store.numbers import missing, number_of
from openbell.store.peoplebook import first_owner

_META = sa.MetaData()
RULES = sa.Table(
    "alert_rules",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("owner", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
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
    """A person's rule as it is kept; `channels` are the ones it tells, None for all."""

    id: int
    owner: int
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
    """Everybody's rules, and the channels, in the ledger. A number is never given twice."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def version(self) -> object:
        """Equal to what it was as long as `rules` says the same: each edit of a rule is later than the one before."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(RULES.c.id, RULES.c.changed).order_by(RULES.c.id))
            return [tuple(row) for row in rows]

    def rules(self, owner: int | None = None) -> list[StoredRule]:
        """The rules of a person (None: of everybody), oldest first."""
        theirs = sa.true() if owner is None else RULES.c.owner == owner
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(RULES).where(theirs).order_by(RULES.c.id)).all()
        return [
            StoredRule(
                r.id,
                r.owner,
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
        owner: int | None = None,
        channels: Sequence[int] | None = None,
        enabled: bool = True,
    ) -> StoredRule:
        """A new rule of `owner` (None: the desk's first owner).

        Raises InvalidInput for a name that another of theirs bears.
        """
        at = now.astimezone(UTC)
        told = None if channels is None else tuple(channels)
        values = {"name": name, "body": dict(body), "channels": None if told is None else list(told)}
        times = {"created": at.isoformat(), "changed": at.isoformat()}
        with own_name("rule"), self._ledger.transaction() as connection:
            whose = first_owner(connection) if owner is None else owner
            number = number_of(
                connection, sa.insert(RULES).values(**values, **times, owner=whose, enabled=enabled), "rule"
            )
        return StoredRule(number, whose, name, body, told, enabled, at, at)

    def change_rule(self, rule: StoredRule, now: datetime) -> StoredRule:
        """Replace all of a rule but its number, owner and birth, `now` or just after its last edit; returns it.

        Raises InvalidInput when its owner has no such one.
        """
        values = {
            "name": rule.name,
            "body": dict(rule.body),
            "channels": None if rule.channels is None else list(rule.channels),
            "enabled": rule.enabled,
        }
        mine = (RULES.c.id == rule.id) & (RULES.c.owner == rule.owner)
        with own_name("rule"), self._ledger.transaction(alone=True) as connection:
            before = connection.execute(sa.select(RULES.c.changed).where(mine)).scalar_one_or_none()
            if before is None:
                raise missing("rule", rule.id)
            at = max(now.astimezone(UTC), datetime.fromisoformat(before) + timedelta.resolution)
            connection.execute(sa.update(RULES).where(mine).values(**values, changed=at.isoformat()))
        return replace(rule, changed=at)

    def remove_rule(self, number: int, owner: int) -> None:
        """Forget a rule; what it has fired stays. Raises InvalidInput when its owner has no such one."""
        self._delete("rule", RULES, (RULES.c.id == number) & (RULES.c.owner == owner), number)

    def channels(self) -> list[StoredChannel]:
        """All channels, oldest first."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(CHANNELS).order_by(CHANNELS.c.id)).all()
        return [StoredChannel(r.id, r.kind, r.name, r.config, r.enabled) for r in rows]

    def add_channel(self, kind: str, name: str, config: Mapping[str, Any], *, enabled: bool = True) -> StoredChannel:
        """A new channel; raises InvalidInput for a name that another one bears."""
        values = {"kind": kind, "name": name, "config": dict(config), "enabled": enabled}
        with own_name("channel"), self._ledger.transaction() as connection:
            number = number_of(connection, sa.insert(CHANNELS).values(**values), "channel")
        return StoredChannel(number, kind, name, config, enabled)

    def change_channel(self, channel: StoredChannel) -> None:
        """Replace the name, config and switch of a channel; raises InvalidInput when there is no such one.

        What waits for a channel that is switched off is given up at the next pass of the delivery. A receiver that
        asked to wait may be another one now: what waits for it is due.
        """
        values = {"name": channel.name, "config": dict(channel.config), "enabled": channel.enabled}
        mine = CHANNELS.c.id == channel.id
        with own_name("channel"), self._ledger.transaction() as connection:
            found = connection.execute(sa.update(CHANNELS).where(mine).values(**values, not_before=None)).rowcount
        if found != 1:
            raise missing("channel", channel.id)

    def remove_channel(self, number: int) -> None:
        """Forget a channel and its passwords; its receipts stay. Raises InvalidInput when there is no such one."""
        self._delete("channel", CHANNELS, CHANNELS.c.id == number, number)

    def _delete(self, thing: str, table: sa.Table, which: sa.ColumnElement[bool], number: int) -> None:
        with self._ledger.transaction() as connection:
            if connection.execute(sa.delete(table).where(which)).rowcount != 1:
                raise missing(thing, number)

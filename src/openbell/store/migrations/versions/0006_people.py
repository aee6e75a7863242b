"""People: who uses the desk, how they prove it, what they were given, and what they did. The first is the owner."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables of people with the owner. A number is never used again, since what they did names it."""
    people = op.create_table(
        "people",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("login", sa.String, nullable=False, unique=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("password", sa.String),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.CheckConstraint("role in ('owner', 'member', 'viewer')", name="people_role"),
        sqlite_autoincrement=True,
    )
    owner = {"name": "owner", "login": "owner", "role": "owner", "disabled": False}
    op.bulk_insert(people, [{**owner, "created": datetime.now(UTC).isoformat()}])
    _sessions()
    _factors()
    _elsewhere()
    _tokens_and_invitations()
    _records()


def _person(*, primary_key: bool = False) -> sa.Column[int]:
    """Whose it is; it goes with them."""
    theirs = sa.ForeignKey("people.id", ondelete="CASCADE")
    return sa.Column("person", sa.Integer, theirs, primary_key=primary_key, index=not primary_key, nullable=False)


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer, primary_key=True),
        _person(),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("seen", sa.String, nullable=False),
        sa.Column("expires", sa.String, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "refreshes",
        sa.Column("hash", sa.String, primary_key=True),
        sa.Column("session", sa.Integer, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("used", sa.String),
    )


def _factors() -> None:
    op.create_table(
        "totps",
        _person(primary_key=True),
        sa.Column("secret", sa.String, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        _person(primary_key=True),
        sa.Column("hash", sa.String, primary_key=True),
    )


def _elsewhere() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer, primary_key=True),
        _person(),
        sa.Column("credential", sa.String, nullable=False, unique=True),
        sa.Column("public_key", sa.String, nullable=False),
        sa.Column("uses", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("seen", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        _person(),
    )
    op.create_table(
        "spent",
        sa.Column("hash", sa.String, primary_key=True),
        sa.Column("expires", sa.String, nullable=False, index=True),
    )


def _tokens_and_invitations() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer, primary_key=True),
        _person(),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False, unique=True),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("expires", sa.String, nullable=False),
        sa.Column("seen", sa.String),
        sa.UniqueConstraint("person", "name"),
        sa.CheckConstraint("scope in ('read', 'write', 'admin')", name="tokens_scope"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("hash", sa.String, nullable=False, unique=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("expires", sa.String, nullable=False),
        sa.CheckConstraint("role in ('owner', 'member', 'viewer')", name="invitations_role"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shares",
        sa.Column("noun", sa.String, primary_key=True),
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        _person(primary_key=True),
        sa.Column("right", sa.String, nullable=False),
        sa.CheckConstraint("noun in ('portfolio', 'watchlist')", name="shares_noun"),
        sa.CheckConstraint("\"right\" in ('read', 'write')", name="shares_right"),
    )


def _records() -> None:
    op.create_table(
        "brakes",
        sa.Column("bucket", sa.String, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last", sa.String, nullable=False, index=True),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("person", sa.Integer),  # no foreign key: it outlives the person
        sa.Column("name", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )

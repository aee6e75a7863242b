"""People: who uses the desk. The first is its owner, who has no password yet."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table of people with the owner. A number is never used again, since what they did names it."""
    people = op.create_table(
        "people",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("password", sa.String),
        sa.Column("created", sa.String, nullable=False),
        sa.CheckConstraint("role in ('owner', 'member', 'viewer')", name="people_role"),
        sqlite_autoincrement=True,
    )
    op.bulk_insert(people, [{"name": "owner", "role": "owner", "created": datetime.now(UTC).isoformat()}])

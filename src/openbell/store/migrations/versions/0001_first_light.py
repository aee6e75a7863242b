"""Budgets of calls, states of fetches, watchlists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "budgets",
        sa.Column("provider", sa.String, primary_key=True),
        sa.Column("state", sa.JSON, nullable=False),
    )
    op.create_table(
        "fetches",
        sa.Column("symbol", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("next_try", sa.String),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_table(
        "watchlists",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("symbols", sa.JSON, nullable=False),
    )

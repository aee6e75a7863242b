"""Somebody may say in what currency an instrument's prices are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nobody has said so yet."""
    op.add_column("instrument_facts", sa.Column("currency", sa.String))

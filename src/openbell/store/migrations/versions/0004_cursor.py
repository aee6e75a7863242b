"""The cursor of the alerts names the log that its offset is of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the log's id; empty is none that there is, so that rules begin anew at its end."""
    op.add_column("alert_cursor", sa.Column("log", sa.String, nullable=False, server_default=""))

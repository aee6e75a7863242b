"""A channel knows until when its receiver asked to wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the instant; none is no wait."""
    op.add_column("channels", sa.Column("not_before", sa.String))

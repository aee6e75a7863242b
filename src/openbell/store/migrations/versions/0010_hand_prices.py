"""What people say that instruments of the market were worth, where nobody else tells it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make room for the prices; digits and days as those of own items."""
    digits = "length(price) between 1 and 32 and rtrim(price, '0123456789.') = ''"
    op.create_table(
        "hand_prices",
        sa.Column("owner", sa.Integer, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("instrument", sa.String, primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("price", sa.String, nullable=False),
        sa.CheckConstraint(digits, name="hand_price_decimal"),
        sa.CheckConstraint("day >= '1900-01-01'", name="hand_price_day"),
    )

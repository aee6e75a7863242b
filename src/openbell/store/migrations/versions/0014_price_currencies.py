"""A price by hand bears the currency that it was said in; what was said of items goes with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Prices so far are in what their owner said of the instrument, else in what the desk knows of it: null."""
    op.add_column("hand_prices", sa.Column("currency", sa.String(3)))
    op.execute(
        "update hand_prices set currency = (select facts.currency from instrument_facts as facts "
        "where facts.owner = hand_prices.owner and facts.instrument = hand_prices.instrument)"
    )
    op.execute(
        "delete from instrument_facts where instrument like 'own:%' and not exists "
        "(select 1 from own_items where 'own:' || cast(own_items.id as varchar) = instrument_facts.instrument)"
    )

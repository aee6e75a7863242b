"""Watchlists are their owner's, in the owner's order, and can be removed and restored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NAMES = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""As PostgreSQL names a constraint; SQLite leaves it nameless."""


FIRST_OWNER = "select coalesce(min(case when role = 'owner' and not disabled then id end), min(id)) from people"


def upgrade() -> None:
    """Give the lists that there are to the first owner, oldest first. A number is never used again: rules name it."""
    first = op.get_bind().execute(sa.text(FIRST_OWNER)).scalar() or 1
    with op.batch_alter_table(
        "watchlists", naming_convention=NAMES, table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.drop_constraint("watchlists_name_key", type_="unique")
        table.add_column(sa.Column("owner", sa.Integer, nullable=False, server_default=str(first)))
        table.add_column(sa.Column("position", sa.Integer, nullable=False, server_default="0"))
        table.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
        table.create_foreign_key("watchlists_owner_fkey", "people", ["owner"], ["id"])
        table.create_unique_constraint("watchlists_owner_name_key", ["owner", "name"])
    op.execute("update watchlists set position = id")
    op.create_table(
        "removed_watchlists",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.Integer, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("symbols", sa.JSON, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("removed", sa.String, nullable=False),
    )

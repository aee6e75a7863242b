"""An invitation is somebody's, and holds while they may invite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forget the invitations that wait: nobody knows whose they are."""
    op.execute("delete from invitations")
    with op.batch_alter_table("invitations", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("person", sa.Integer, nullable=False))
        table.create_foreign_key("invitations_person_fkey", "people", ["person"], ["id"], ondelete="CASCADE")

"""What an import has taught of names, and the rows of its file that were not understood, are kept with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Imports so far have taught nothing."""
    op.create_table(
        "import_names",
        sa.Column("batch", sa.Integer, sa.ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("called", sa.String, primary_key=True),
        sa.Column(
            "portfolio", sa.Integer, sa.ForeignKey("portfolios.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("instrument", sa.String, nullable=False),
    )
    op.create_table(
        "import_problems",
        sa.Column("batch", sa.Integer, sa.ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("nth", sa.Integer, primary_key=True),
        sa.Column("rows", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("what", "remedy", "content")),
        sa.Column("blocking", sa.Boolean, nullable=False),
    )

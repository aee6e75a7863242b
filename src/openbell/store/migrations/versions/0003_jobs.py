"""Jobs: their runs, nightly reports, backfills by month, and the inbox of actions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of jobs. A number is never used again, since a lease names a run by it."""
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("job", sa.String, nullable=False, index=True),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("started", sa.String, nullable=False),
        sa.Column("finished", sa.String),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job_states",
        sa.Column("job", sa.String, primary_key=True),
        sa.Column("run_id", sa.Integer),
        sa.Column("leased_until", sa.String),
        sa.Column("good", sa.String),
        sa.Column("failing_since", sa.String),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("not_before", sa.String),
        sa.Column("progress", sa.JSON(none_as_null=True)),
    )
    op.create_table(
        "upkeep_reports",
        sa.Column("symbol", sa.String, primary_key=True),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("told", sa.JSON, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_table(
        "backfills",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("symbol", sa.String, nullable=False),
        sa.Column("interval", sa.String, nullable=False),
        sa.Column("first", sa.String, nullable=False),
        sa.Column("last", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "backfilled_months",
        sa.Column("symbol", sa.String, primary_key=True),
        sa.Column("interval", sa.String, primary_key=True),
        sa.Column("month", sa.String, primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_table(
        "action_inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("symbol", sa.String, nullable=False),
        sa.Column("ex_date", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("told", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("noticed", sa.String, nullable=False),
        sa.Column("changed", sa.String, nullable=False),
        sa.UniqueConstraint("symbol", "ex_date", "kind"),
        sqlite_autoincrement=True,
    )

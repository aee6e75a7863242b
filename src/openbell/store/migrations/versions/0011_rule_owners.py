"""A rule is its owner's, and so is what it fires."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NAMES = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""As PostgreSQL names a constraint; SQLite leaves it nameless."""

FIRST_OWNER = "select coalesce(min(case when role = 'owner' and not disabled then id end), min(id)) from people"


def upgrade() -> None:
    """Give the rules that there are, and what fired, to the first owner. A number is never used again."""
    first = op.get_bind().execute(sa.text(FIRST_OWNER)).scalar() or 1
    given = _given()
    with op.batch_alter_table(
        "alert_rules", naming_convention=NAMES, table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.drop_constraint("alert_rules_name_key", type_="unique")
        table.add_column(sa.Column("owner", sa.Integer, nullable=False, server_default=str(first)))
        table.create_foreign_key("alert_rules_owner_fkey", "people", ["owner"], ["id"], ondelete="CASCADE")
        table.create_unique_constraint("alert_rules_owner_name_key", ["owner", "name"])
    _go_on_after(given)
    # No key: what waits to be delivered names it. Who removes a person forgets what was told them.
    op.add_column("firings", sa.Column("owner", sa.Integer, nullable=False, server_default=str(first)))
    op.create_index("firings_owner", "firings", ["owner", "id"])


def _given() -> int | None:
    """The last number that SQLite gave a rule: a table that is made anew counts from those that are left."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().execute(sa.text("select seq from sqlite_sequence where name = 'alert_rules'")).scalar()


def _go_on_after(given: int | None) -> None:
    if given is not None:
        op.execute("delete from sqlite_sequence where name = 'alert_rules'")
        again = sa.text("insert into sqlite_sequence (name, seq) values ('alert_rules', :given)")
        op.execute(again.bindparams(given=given))

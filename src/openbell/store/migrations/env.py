"""Where alembic meets the ledger: the connection is handed in by `Ledger`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()

"""Tells Alembic what to migrate: the connection that `schema.upgrade` opened, towards the tables in code."""

from alembic import context

from pywats_server.store.tables import is_described, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=is_described,
    # SQLite changes a column by copying its table.
    render_as_batch=True,
    # On SQLite too, a migration that fails leaves the database as it was.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

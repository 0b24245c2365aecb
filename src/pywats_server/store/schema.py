"""Brings a database's schema to the one that this version of the server works on, and says where a database stands."""

from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


class SchemaState(Enum):
    """Where a database's schema stands, seen from this version of the server."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"


def revisions() -> list[str]:
    """Return the migrations of this version, oldest first: the numbers that their files begin with."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def state(url: str) -> SchemaState:
    """Compare the schema of the database at *url* with the migrations that this version has."""
    engine = create_engine(url)
    try:
        revision, is_empty = _look(engine)
    finally:
        engine.dispose()
    if revision is None:
        return SchemaState.EMPTY if is_empty else SchemaState.FOREIGN
    *older, current = revisions()
    if revision == current:
        return SchemaState.CURRENT
    return SchemaState.OLDER if revision in older else SchemaState.NEWER


def _look(engine: Engine) -> tuple[str | None, bool]:
    """Return the revision of a database, if it has one, and whether it has no tables at all."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        if VERSION_TABLE not in tables:
            return None, not tables
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar(), False  # noqa: S608


def upgrade(url: str) -> None:
    """Run every migration that the database at *url* has not had yet, in one transaction."""
    # Imported where it is needed: a server that starts on a current schema should not wait for it.
    from alembic import command
    from alembic.config import Config

    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_alone)
        event.listen(engine, "begin", _begin)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _leave_transactions_alone(raw: DBAPIConnection, record: object) -> None:  # noqa: ARG001 - the signature of an event
    # The driver of SQLite would not begin a transaction for statements that make or change tables.
    raw.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")

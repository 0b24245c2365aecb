"""Brings a database's schema to the one that this version of the server works on, and says where a database stands."""

import asyncio
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, NullPool, create_engine, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from pywats_server.errors import Unavailable
from pywats_server.store.opening import is_postgres, postgres

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
_LOCK = 2_718_281_828_459_045


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
    """
    Compare the schema of the database at *url* with the migrations that this version has.

    Raises:
        Unavailable: There is no such database, it does not answer, or it cannot hold every text.
    """
    revision, is_empty = _on(url, _look)
    if revision is None:
        return SchemaState.EMPTY if is_empty else SchemaState.FOREIGN
    *older, current = revisions()
    if revision == current:
        return SchemaState.CURRENT
    return SchemaState.OLDER if revision in older else SchemaState.NEWER


def _look(connection: Connection) -> tuple[str | None, bool]:
    """Return the revision of a database, if it has one, and whether it has no tables at all."""
    if connection.dialect.name == "postgresql":
        _check_encoding(connection)
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        return None, not tables
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar(), False  # noqa: S608


def _check_encoding(connection: Connection) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise Unavailable(
            f"It keeps texts as {encoding}, which lacks most scripts. Make one with: "
            "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        )


def upgrade(url: str) -> None:
    """Run every migration that the database at *url* has not had yet, in one transaction."""
    # Imported where it is needed: a server that starts on a current schema should not wait for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def migrate(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            # Servers that start at the same time on a new database wait for the first of them.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    _on(url, migrate)


def _on(url: str, work: Callable[[Connection], T]) -> T:
    """Run *work* in one transaction on the database at *url*."""
    if is_postgres(url):
        return asyncio.run(_on_postgres(url, work))
    engine = create_engine(url)
    event.listen(engine, "connect", _leave_transactions_alone)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


async def _on_postgres(url: str, work: Callable[[Connection], T]) -> T:
    from sqlalchemy.ext.asyncio import create_async_engine

    connect = postgres().connect
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: connect(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _leave_transactions_alone(raw: DBAPIConnection, record: object) -> None:  # noqa: ARG001 - the signature of an event
    # The driver of SQLite would not begin a transaction for statements that make or change tables.
    raw.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")

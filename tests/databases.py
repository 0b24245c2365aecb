"""Databases for tests: as many as they want, migrated and empty, of each kind."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from postgres import NoPostgres, cluster
from pywats_server.store import schema
from pywats_server.store.opening import is_postgres, sqlite_path
from pywats_server.store.tables import metadata

KINDS = ("sqlite", "postgresql")
_ROOM_BYTES = 2 * 1024**3


class Databases(Protocol):
    """Makes databases of one kind. All of them are named by their address."""

    def empty(self) -> str:
        """A new database without tables."""
        ...

    def fresh(self) -> str:
        """A new database with the tables of this version."""
        ...

    def lend(self) -> str:
        """An empty database with the tables of this version, which comes back by `take_back`."""
        ...

    def take_back(self, address: str) -> None:
        """Take a lent database, whoever has it open."""
        ...

    def copy(self, source: str) -> str:
        """A new database that holds what *source* does, which nobody has open."""
        ...

    def drop(self, address: str) -> None:
        """Remove a database, whoever has it open."""
        ...


class SqliteDatabases:
    """SQLite files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._template = self.empty()
        schema.upgrade(self._template)

    def empty(self) -> str:
        """A new file that does not exist yet."""
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.sqlite'}"

    def fresh(self) -> str:
        """A copy of the migrated file, because copying takes less time than migrating."""
        return self.copy(self._template)

    def lend(self) -> str:
        """A fresh file: copying takes less time than emptying."""
        return self.fresh()

    def take_back(self, address: str) -> None:
        """Delete the file."""
        self.drop(address)

    def copy(self, source: str) -> str:
        """A copy of a file."""
        made = self.empty()
        shutil.copyfile(sqlite_path(source), sqlite_path(made))
        return made

    def drop(self, address: str) -> None:
        """Delete a file with what stands beside it."""
        path = sqlite_path(address)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


_CHILDREN_FIRST = tuple(reversed(metadata.sorted_tables))
_SEND_OTHERS_AWAY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_BEGIN_ANEW = (
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
)


class PostgresDatabases:
    """Databases of the PostgreSQL server that an administrator's address names."""

    def __init__(self, administrator: str) -> None:
        self._administrator = administrator
        self._prefix = f"tests_{os.getpid()}"
        self._numbers = count()
        self._template = self.empty()
        self._returned: list[str] = []
        schema.upgrade(self._template)

    def empty(self) -> str:
        """A new database."""
        return self._make("template0")

    def fresh(self) -> str:
        """A copy of the migrated database."""
        return self.copy(self._template)

    def lend(self) -> str:
        """A database that came back, or a fresh one: making and dropping one takes five times as long as emptying."""
        return self._returned.pop() if self._returned else self.fresh()

    def take_back(self, address: str) -> None:
        """Empty the database, and let its numbers begin anew; one that lost a table is of no use any more."""
        try:
            run(address, _SEND_OTHERS_AWAY, *(f'DELETE FROM "{table.name}"' for table in _CHILDREN_FIRST), _BEGIN_ANEW)
        except asyncpg.UndefinedTableError:
            self.drop(address)
        else:
            self._returned.append(address)

    def copy(self, source: str) -> str:
        """A copy of a database."""
        return self._make(_name(source))

    def _make(self, template: str) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        run(self._administrator, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return urlunsplit(urlsplit(self._administrator)._replace(path=f"/{name}"))

    def drop(self, address: str) -> None:
        """Remove a database, and send away whoever has it open."""
        run(self._administrator, f'DROP DATABASE "{_name(address)}" WITH (FORCE)')

    def close(self) -> None:
        """Remove the template."""
        self.drop(self._template)


def _name(address: str) -> str:
    return urlsplit(address).path.removeprefix("/")


@contextmanager
def postgres_databases() -> Iterator[PostgresDatabases]:
    """Databases of the server at TEST_DATABASE_URL, or else of one that is started for the tests."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        databases = PostgresDatabases(given)
        yield databases
        databases.close()
        return
    try:
        # No crash is part of what these databases are for.
        with cluster(folder=in_memory("pg-"), fsync="off", synchronous_commit="off", full_page_writes="off") as server:
            yield PostgresDatabases(server.url())
    except NoPostgres as error:
        pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))


@contextmanager
def sqlite_databases(folder: Path) -> Iterator[SqliteDatabases]:
    """SQLite files in memory, or else in *folder*."""
    memory = in_memory("sqlite-")
    yield SqliteDatabases(memory or folder)
    if memory is not None:
        shutil.rmtree(memory)


def in_memory(prefix: str) -> Path | None:
    """A folder in memory, where there is room: nothing there waits for a disk."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < _ROOM_BYTES:
        return None
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory))


def run(address: str, *statements: str) -> list[list[tuple[Any, ...]]]:
    """Run statements in a database, around the server, and return the rows of each."""
    if is_postgres(address):
        return asyncio.run(_run_on_postgres(address, statements))
    with closing(sqlite3.connect(sqlite_path(address))) as database, database:
        return [database.execute(statement).fetchall() for statement in statements]


async def _run_on_postgres(address: str, statements: Iterable[str]) -> list[list[tuple[Any, ...]]]:
    connection = await asyncpg.connect(address)
    try:
        return [[tuple(row) for row in await connection.fetch(statement)] for statement in statements]
    finally:
        await connection.close()


def contents(address: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of a database, by table."""
    names = [table.name for table in metadata.sorted_tables]
    rows = run(address, *(f'SELECT * FROM "{name}" ORDER BY 1, 2' for name in names))
    return dict(zip(names, rows, strict=True))

"""Databases for tests: as many as they want, migrated and empty, of each kind."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
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
ALIKE = ("sqlite", pytest.param("postgresql", marks=pytest.mark.no_cover))
"""
Every kind, for tests of what stands above databases. It is the same code, whose lines are measured on one of them:
measuring takes as long as what is measured.
"""

_ROOM_BYTES = 2 * 1024**3


class Databases(Protocol):
    """Makes databases of one kind. All of them are named by their address."""

    def empty(self) -> str:
        """A new database without tables."""
        ...

    def fresh(self) -> str:
        """A new database with the tables of this version."""
        ...

    def lend(self, like: str | None = None) -> str:
        """
        A database that comes back by `take_back`.

        Args:
            like: The database whose content it has, which nobody has open and which does not change; else it is empty,
                with the tables of this version.
        """
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

    def lend(self, like: str | None = None) -> str:
        """A new file: copying takes less time than emptying."""
        return self.copy(like or self._template)

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


_SEND_OTHERS_AWAY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_EMPTY = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))
_LAST_NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


class PostgresDatabases:
    """Databases of the PostgreSQL server that an administrator's address names."""

    def __init__(self, administrator: str) -> None:
        self._administrator = administrator
        self._prefix = f"tests_{os.getpid()}"
        self._numbers = count()
        self._template = self.empty()
        self._lent: dict[str, str] = {}
        self._returned: defaultdict[str, list[str]] = defaultdict(list)
        schema.upgrade(self._template)
        self._contents = cache(_content)

    def empty(self) -> str:
        """A new database."""
        return self._make("template0")

    def fresh(self) -> str:
        """A copy of the migrated database."""
        return self.copy(self._template)

    def lend(self, like: str | None = None) -> str:
        """A database that came back, or a new one: making and dropping one takes much longer than filling it again."""
        original = like or self._template
        returned = self._returned[original]
        address = returned.pop() if returned else self.copy(original)
        self._lent[address] = original
        return address

    def take_back(self, address: str) -> None:
        """Give the database the content again that it was lent with; one that lost a table is of no use any more."""
        original = self._lent.pop(address)
        try:
            asyncio.run(_refill(address, self._contents(original)))
        except asyncpg.UndefinedTableError:
            self.drop(address)
        else:
            self._returned[original].append(address)

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


@dataclass(frozen=True)
class _Content:
    """What a database holds: the rows of tables that have any, parents first, and how its numbers go on."""

    rows: dict[str, bytes]
    numbers: str


def _content(address: str) -> _Content:
    async def read() -> _Content:
        async with _connected(address) as connection:
            rows = {table.name: await _rows(connection, table.name) for table in metadata.sorted_tables}
            last = await connection.fetch(_LAST_NUMBERS)
        numbers = (f"SELECT setval('\"{name}\"', {number or 1}, {number is not None})" for name, number in last)
        return _Content({name: told for name, told in rows.items() if told}, "; ".join(numbers))

    return asyncio.run(read())


async def _rows(connection: asyncpg.Connection, table: str) -> bytes:
    told = BytesIO()
    await connection.copy_from_table(table, output=told)
    return told.getvalue()


async def _refill(address: str, content: _Content) -> None:
    async with _connected(address) as connection:
        await connection.execute(_SEND_OTHERS_AWAY)
        await connection.execute(f"{_EMPTY}; {content.numbers}")
        for table, told in content.rows.items():
            await connection.copy_to_table(table, source=BytesIO(told))


@asynccontextmanager
async def _connected(address: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()


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
    async with _connected(address) as connection:
        return [[tuple(row) for row in await connection.fetch(statement)] for statement in statements]


def contents(address: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of a database, by table."""
    names = [table.name for table in metadata.sorted_tables]
    rows = run(address, *(f'SELECT * FROM "{name}" ORDER BY 1, 2' for name in names))
    return dict(zip(names, rows, strict=True))

"""The content of an SQLite file: read in one snapshot beside a running server, or replaced in one transaction."""

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import sqlite as sqlite_dialect

from pywats_server.errors import StorageFull, Unavailable
from pywats_server.store.contents import ENDING, INSERT, TABLES
from pywats_server.store.database import Row
from pywats_server.store.sqlite import functions
from pywats_server.store.statement import Statement

_DIALECT = sqlite_dialect.dialect(paramstyle="qmark")
_MOST_DAMAGE = 100
# A change of everything may have to wait for its turn among many counts.
_PATIENCE_SECONDS = 60


class SqliteContents:
    """What an SQLite connection sees within its transaction."""

    def __init__(self, raw: sqlite3.Connection, path: Path) -> None:
        self._raw = raw
        self._path = path

    def _run(self, statement: Statement, values: dict[str, Any]) -> sqlite3.Cursor:
        text, ordered = statement.positional(_DIALECT, values)
        return self._raw.execute(text, ordered)

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return all rows."""
        with _told_of(self._path):
            return self._run(statement, values).fetchall()

    async def pages(self, statement: Statement, rows: int = 1000, **values: Any) -> AsyncGenerator[list[Row], None]:
        """Return the rows as they come, *rows* at a time; only the last page is shorter."""
        with _told_of(self._path), closing(self._run(statement, values)) as cursor:
            while page := cursor.fetchmany(rows):
                yield page

    async def last_number(self, table: Table) -> int:
        """Return the highest key that *table* has ever given out, 0 for none."""
        given = self._raw.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table.name]).fetchone()
        [(highest,)] = await self.fetch_all(Statement(select(func.max(*table.primary_key.columns))))
        return max(given[0] if given else 0, highest or 0)

    async def damage(self) -> list[str]:
        """Return what SQLite finds wrong with its file."""
        with _told_of(self._path):
            found = [row[0] for row in self._raw.execute(f"PRAGMA integrity_check({_MOST_DAMAGE})")]
        return [] if found == ["ok"] else found

    async def clear(self) -> None:
        """Delete every row of every table but those of leases."""
        for table in (*ENDING, *reversed(TABLES)):
            self._raw.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - the name is one of our own tables

    async def load(self, table: Table, pages: AsyncIterable[list[Row]]) -> None:
        """Add rows to a *table* that is empty; each has the table's columns in their order."""
        names = tuple(column.name for column in table.columns)
        text, order = INSERT[table.name].positional(_DIALECT, {name: name for name in names})
        assert order == names, "a statement names its columns in the order of the table"
        async for page in pages:
            self._raw.executemany(text, page)

    async def number_from(self, table: Table, last: int) -> None:
        """Never again give out a key up to *last*."""
        if table.dialect_options["sqlite"]["autoincrement"]:
            self._raw.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table.name])
            self._raw.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table.name, last])


@contextmanager
def reading(path: Path) -> Iterator[SqliteContents]:
    """
    Open one snapshot of the file at *path*, which is not changed.

    Raises:
        Unavailable: It cannot be read, or is damaged.
    """
    with opened(path, "ro") as raw:
        raw.execute("BEGIN")
        # The snapshot is taken by the first look.
        raw.execute("SELECT count(*) FROM sqlite_master")
        yield SqliteContents(raw, path)


@contextmanager
def replacing(path: Path) -> Iterator[SqliteContents]:
    """
    Open the one transaction in which the content of the file at *path* is replaced; its end commits.

    Raises:
        Unavailable: It cannot be written, or others did not stop writing to it.
        StorageFull: Its disk is full.
    """
    with opened(path, "rw") as raw:
        raw.execute("PRAGMA synchronous=FULL")
        # The rows come from a database that has checked them; checking them again would take many times as long.
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("BEGIN IMMEDIATE")
        yield SqliteContents(raw, path)
        raw.execute("COMMIT")


@contextmanager
def opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """
    Open the file at *path*, which is there already.

    Args:
        mode: `ro` to read alone, `rw` to change it.
    """
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with (
        _told_of(path),
        closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_PATIENCE_SECONDS)) as raw,
    ):
        functions.register(raw)
        yield raw


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Turn an error of SQLite into one that says which file it is about."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise StorageFull(f"The disk of {path} is full. Nothing was changed.") from error
        raise Unavailable(f"{path} cannot be used: {error}. Nothing was changed.") from error

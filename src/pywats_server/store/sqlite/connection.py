"""Statements on one connection to SQLite."""

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.dialects import sqlite as sqlite_dialect

from pywats_server.store.database import PART_ROWS, Row
from pywats_server.store.sqlite import functions
from pywats_server.store.statement import Statement

T = TypeVar("T")

_DIALECT = sqlite_dialect.dialect(paramstyle="qmark")
# How many steps of SQLite's machine pass between two looks at the clock.
_STEPS_BETWEEN_LOOKS = 20_000
# What a scan may take longer for each row that it finds: a long answer costs what it is worth.
_SECONDS_A_ROW = 50e-6


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends to its end and return its result."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise RuntimeError("a unit of work awaited something other than its connection")


def connect(path: Path, *, cache_kib: int = 2048) -> sqlite3.Connection:
    """
    Open *path* as the server uses it: transactions by hand, durable commits, Unicode-aware text functions.

    Args:
        cache_kib: Memory for pages. Single rows of a million assets are found in half of the time when the upper pages
            of all indexes fit into it.
    """
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute(f"PRAGMA cache_size=-{cache_kib}")
    functions.register(raw)
    return raw


def connect_to_read(path: Path, *, cache_kib: int = 2048) -> sqlite3.Connection:
    """Open *path* as `connect` does, so that nothing can be changed."""
    raw = connect(path, cache_kib=cache_kib)
    raw.execute("PRAGMA query_only=ON")
    return raw


class SqliteConnection:
    """Runs statements on SQLite. Its coroutines never suspend."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self._deadline = 0.0

    def limit(self, seconds: float) -> None:
        """Interrupt what runs longer than *seconds* from now; rows that are found add some time."""
        # The thread's own time, so that a busy machine does not refuse what a quiet one answers.
        self._deadline = time.thread_time() + seconds
        self.raw.set_progress_handler(lambda: time.thread_time() > self._deadline, _STEPS_BETWEEN_LOOKS)

    def _run(self, statement: Statement, values: dict[str, Any]) -> sqlite3.Cursor:
        text, ordered = statement.positional(_DIALECT, values)
        return self.raw.execute(text, ordered)

    async def fetch_one(self, statement: Statement, **values: Any) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self._run(statement, values).fetchone()
        return row

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return all rows."""
        return self._run(statement, values).fetchall()

    async def fetch_in_parts(self, statement: Statement, **values: Any) -> AsyncIterator[list[Row]]:
        """Yield all rows in parts."""
        cursor = self._run(statement, values)
        while rows := cursor.fetchmany(PART_ROWS):
            self._deadline += len(rows) * _SECONDS_A_ROW
            yield rows

    async def execute(self, statement: Statement, **values: Any) -> int:
        """Return how many rows were changed."""
        return self._run(statement, values).rowcount

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run *statement* once for each of *rows*."""
        self.raw.executemany(*statement.positional_many(_DIALECT, rows))

    async def attempt(self, part: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a part of the work; when it raises an error, take back what it changed, and only that."""
        self.raw.execute("SAVEPOINT part")
        try:
            return await part()
        except BaseException:
            # SQLite ends the whole transaction by itself when the disk is full.
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK TO part")
            raise
        finally:
            if self.raw.in_transaction:
                self.raw.execute("RELEASE part")

"""Group commit on SQLite: what has gathered while the last commit was synced goes into the next transaction."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pywats_server.errors import Busy, DomainError, Sentence, StorageFull
from pywats_server.store.database import Work
from pywats_server.store.group import Pending, WriteQueue, carry_out, units
from pywats_server.store.sqlite.checkpoints import Checkpointer
from pywats_server.store.sqlite.connection import SqliteConnection, connect, drive

T = TypeVar("T")

_CACHE_KIB = 16 * 1024
_KEPT_LOG_BYTES = 64 * 1024 * 1024
_PATIENCE_MS = 10_000
"""How long a transaction waits for that of another process."""


class Writer:
    """
    All that this process changes in the file, over one connection.

    Joint work is short, so it is done in the caller's own thread: going to and fro between threads for each statement
    would take longer than the statements. Everything that may take long, and every commit, is done on a thread aside.
    """

    def __init__(self, path: Path) -> None:
        self._connection = SqliteConnection(connect(path, cache_kib=_CACHE_KIB))
        self._raw = self._connection.raw
        self._raw.execute("PRAGMA wal_autocheckpoint=0")
        # A log that a long backup made longer gives its room back when it begins anew.
        self._raw.execute(f"PRAGMA journal_size_limit={_KEPT_LOG_BYTES}")
        self._checkpoints = Checkpointer(connect(path))
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._queue = WriteQueue(self._commit)

    async def submit(self, pending: Callable[[asyncio.Future[T]], Pending]) -> T:
        """Let a write wait for its turn; return when it is safe on disk."""
        return await self._queue.submit(pending)

    async def stop(self) -> None:
        """Write what was accepted, then close the file."""
        await self._queue.stop()
        self._aside.shutdown()
        self._checkpoints.stop()
        self._raw.close()

    async def _commit(self, group: list[Pending]) -> None:
        aside = asyncio.get_running_loop().run_in_executor
        try:
            if units(group) or not self._begin_at_once():
                await aside(self._aside, self._carry_out, group)
            else:
                drive(carry_out(group, self._apply))
                await aside(self._aside, self._end)
        except Exception as error:  # noqa: BLE001 - whatever broke the transaction is every caller's answer
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
            failure = _translate(error)
            for pending in group:
                pending.error = pending.error or failure

    def _begin_at_once(self) -> bool:
        """Begin a transaction, if no other process has one open."""
        self._raw.execute("PRAGMA busy_timeout=0")
        try:
            self._raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
            return False
        finally:
            self._raw.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        return True

    def _carry_out(self, group: list[Pending]) -> None:
        self._raw.execute("BEGIN IMMEDIATE")
        drive(carry_out(group, self._apply))
        self._end()

    def _end(self) -> None:
        self._raw.execute("COMMIT")
        self._checkpoints.committed(self._raw)

    async def _apply(self, work: Work[T]) -> T | Exception:
        """Run one unit of work in a savepoint of its own, so that its error takes back only itself."""
        self._raw.execute("SAVEPOINT unit")
        try:
            return drive(work(self._connection))
        except Exception as error:
            # SQLite ends the whole transaction by itself when the disk is full: then nobody's work stands.
            if not self._raw.in_transaction:
                raise
            self._raw.execute("ROLLBACK TO unit")
            return _translate(error)
        finally:
            if self._raw.in_transaction:
                self._raw.execute("RELEASE unit")


def _translate(error: Exception) -> Exception:
    if isinstance(error, DomainError) or not isinstance(error, sqlite3.OperationalError):
        return error
    if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return StorageFull(
            Sentence("The server's disk is full. Nothing was changed; tell the administrator to make room.")
        )
    if _is_busy(error):
        return Busy(Sentence("Another process is writing to the database. Try again in a second."))
    return error


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

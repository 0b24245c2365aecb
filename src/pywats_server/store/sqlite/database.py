"""An SQLite file as a `Database`."""

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pywats_server.store.database import JointWork, Work
from pywats_server.store.group import Item, Unit
from pywats_server.store.limits import too_expensive
from pywats_server.store.sqlite.connection import SqliteConnection, connect_to_read, drive
from pywats_server.store.sqlite.writer import Writer

T = TypeVar("T")
G = TypeVar("G")

_SCAN_THREADS = 2
_CACHE_KIB = 12 * 1024


class SqliteDatabase:
    """
    An SQLite file as a `Database`.

    Args:
        path: The file. Its schema is in order already.
        scan_seconds: Computing time that one `scan` may take.
    """

    def __init__(self, path: Path, *, scan_seconds: float = 1.0) -> None:
        self._path = path
        self._scan_seconds = scan_seconds
        self._reader = SqliteConnection(connect_to_read(path, cache_kib=_CACHE_KIB))
        self._reading = threading.Lock()
        self._scanners = threading.local()
        self._opened: list[sqlite3.Connection] = [self._reader.raw]
        self._pool = ThreadPoolExecutor(_SCAN_THREADS, thread_name_prefix="scan")
        self._writer = Writer(path)

    async def read(self, work: Work[T]) -> T:
        """Run *work* at once, in the caller's thread: a point read takes less time than handing it over."""
        with self._reading:
            return drive(work(self._reader))

    async def scan(self, work: Work[T]) -> T:
        """Run *work* on a worker thread, within its limit of computing time."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._scan, work)

    def _scan(self, work: Work[T]) -> T:
        connection = self._scanner()
        connection.limit(self._scan_seconds)
        try:
            return _snapshot(connection, work)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            raise too_expensive(self._scan_seconds) from error

    def _scanner(self) -> SqliteConnection:
        connection: SqliteConnection | None = getattr(self._scanners, "connection", None)
        if connection is None:
            connection = self._scanners.connection = SqliteConnection(connect_to_read(self._path))
            self._opened.append(connection.raw)
        return connection

    async def write(self, work: Work[T]) -> T:
        """Hand *work* to the writer and wait for the commit that holds it."""
        return await self._writer.submit(lambda future: Unit(future, work))

    async def write_together(self, work: JointWork[G, T], item: G) -> T:
        """Hand *item* to the writer and wait for the commit that holds it."""
        return await self._writer.submit(lambda future: Item(future, work, item))

    async def close(self) -> None:
        """Finish accepted writes, then close the file."""
        await self._writer.stop()
        self._pool.shutdown()
        for raw in self._opened:
            raw.close()


def _snapshot(connection: SqliteConnection, work: Work[T]) -> T:
    connection.raw.execute("BEGIN")
    try:
        return drive(work(connection))
    finally:
        connection.raw.execute("ROLLBACK")

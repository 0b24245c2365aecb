"""SQLite: write-ahead log, synced commits, one writer thread that commits what has gathered as one transaction."""

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.dialects import sqlite as sqlite_dialect

from pywats_server.errors import Busy, DomainError, StorageFull
from pywats_server.store import functions
from pywats_server.store.checkpoints import Checkpointer
from pywats_server.store.database import PART_ROWS, JointWork, Row, Work
from pywats_server.store.group import GROUP_SIZE, WAITING_WRITES, Item, Pending, Unit, joint, stopping, too_many, units
from pywats_server.store.limits import too_expensive
from pywats_server.store.statement import Statement

T = TypeVar("T")
G = TypeVar("G")

_DIALECT = sqlite_dialect.dialect(paramstyle="qmark")
_SCAN_THREADS = 2
# How many steps of SQLite's machine pass between two looks at the clock.
_STEPS_BETWEEN_LOOKS = 20_000
# What a scan may take longer for each row that it finds: a long answer costs what it is worth.
_SECONDS_A_ROW = 50e-6

_log = logging.getLogger(__name__)


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends to its end and return its result."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise RuntimeError("a unit of work awaited something other than its connection")


def connect(path: Path) -> sqlite3.Connection:
    """Open *path* as the server uses it: transactions by hand, durable commits, Unicode-aware text functions."""
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA foreign_keys=ON")
    functions.register(raw)
    return raw


def _connect_to_read(path: Path) -> sqlite3.Connection:
    raw = connect(path)
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
        for row in rows:
            self._run(statement, dict(row))

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
        self._reader = SqliteConnection(_connect_to_read(path))
        self._reading = threading.Lock()
        self._scanners = threading.local()
        self._opened: list[sqlite3.Connection] = [self._reader.raw]
        self._pool = ThreadPoolExecutor(_SCAN_THREADS, thread_name_prefix="scan")
        self._writer = _Writer(path)

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
            connection = self._scanners.connection = SqliteConnection(_connect_to_read(self._path))
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
        await asyncio.get_running_loop().run_in_executor(None, self._writer.stop)
        self._pool.shutdown()
        for raw in self._opened:
            raw.close()


def _snapshot(connection: SqliteConnection, work: Work[T]) -> T:
    connection.raw.execute("BEGIN")
    try:
        return drive(work(connection))
    finally:
        connection.raw.execute("ROLLBACK")


class _Writer:
    """The only thread of this process that changes the file."""

    def __init__(self, path: Path) -> None:
        self._connection = SqliteConnection(connect(path))
        self._connection.raw.execute("PRAGMA wal_autocheckpoint=0")
        self._checkpoints = Checkpointer(connect(path))
        self._queue: queue.Queue[Pending | None] = queue.Queue(WAITING_WRITES)
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    async def submit(self, pending: Callable[[asyncio.Future[T]], Pending]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._stopping:
            raise stopping()
        try:
            self._queue.put_nowait(pending(future))
        except queue.Full:
            raise too_many() from None
        return await future

    def stop(self) -> None:
        """Write what was accepted, then end the thread."""
        self._stopping = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._checkpoints.stop()
        self._connection.raw.close()

    def _serve(self) -> None:
        going_on = True
        while going_on:
            group, going_on = self._gather()
            if group:
                self._commit(group)
                _answer(group)
                self._checkpoints.committed(self._connection.raw)

    def _gather(self) -> tuple[list[Pending], bool]:
        """Wait for the first write, then take what else is there."""
        group: list[Pending] = []
        entry = self._queue.get()
        while entry is not None:
            group.append(entry)
            if len(group) == GROUP_SIZE or self._queue.empty():
                return group, True
            entry = self._queue.get()
        return group, False

    def _commit(self, group: list[Pending]) -> None:
        raw = self._connection.raw
        try:
            raw.execute("BEGIN IMMEDIATE")
            for items in joint(group):
                self._apply_joint(items)
            for unit in units(group):
                unit.take(self._apply(unit.work))
            raw.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever broke the transaction is every caller's answer
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            failure = _translate(error)
            for pending in group:
                pending.error = pending.error or failure

    def _apply_joint(self, items: list[Item]) -> None:
        """Do the work of *items* in one go; if that fails, do it for each by itself, so that only the cause fails."""
        work = items[0].work
        outcomes = self._apply(lambda connection: work(connection, [item.item for item in items]))
        if not isinstance(outcomes, Exception):
            for item, outcome in zip(items, outcomes, strict=True):
                item.take(outcome)
        elif len(items) == 1:
            items[0].take(outcomes)
        else:
            for item in items:
                self._apply_joint([item])

    def _apply(self, work: Work[T]) -> T | Exception:
        """Run one unit of work in a savepoint of its own, so that its error takes back only itself."""
        raw = self._connection.raw
        raw.execute("SAVEPOINT unit")
        try:
            return drive(work(self._connection))
        except Exception as error:
            # SQLite ends the whole transaction by itself when the disk is full: then nobody's work stands.
            if not raw.in_transaction:
                raise
            raw.execute("ROLLBACK TO unit")
            return _translate(error)
        finally:
            if raw.in_transaction:
                raw.execute("RELEASE unit")


def _answer(group: list[Pending]) -> None:
    """Wake each loop once for all of its callers."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Pending]] = {}
    for pending in group:
        by_loop.setdefault(pending.future.get_loop(), []).append(pending)
    for loop, answered in by_loop.items():
        try:
            loop.call_soon_threadsafe(_deliver, answered)
        except RuntimeError:
            _log.warning("%d changes were stored whose callers had gone", len(answered))


def _deliver(answered: list[Pending]) -> None:
    for pending in answered:
        pending.answer()


def _translate(error: Exception) -> Exception:
    if isinstance(error, DomainError) or not isinstance(error, sqlite3.OperationalError):
        return error
    if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return StorageFull("The server's disk is full. Nothing was changed; tell the administrator to make room.")
    if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Busy("Another process is writing to the database. Try again in a second.")
    return error

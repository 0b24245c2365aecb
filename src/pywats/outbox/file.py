"""The outbox's file: a small SQLite database, synced to the disk with every entry, shared by threads and processes."""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakSet

from pywats.errors import OutboxError, OutboxFullError
from pywats.http.request import KEY_HEADER, Queued, Repeat, Request
from pywats.outbox.entries import Attempt, Entry, State

MOST_BYTES = 64 * 1024 * 1024
"""What an outbox may take on the disk: some 200,000 counts."""

PATIENCE = 10.0
"""Seconds to wait while another process writes into the file."""

_APPLICATION = 0x70794F42
_VERSION = 1

_SCHEMA = (
    """
    CREATE TABLE entry (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        server TEXT NOT NULL,
        method TEXT NOT NULL,
        url TEXT NOT NULL,
        headers TEXT NOT NULL,
        body BLOB,
        repeat TEXT NOT NULL,
        made REAL NOT NULL,
        attempted_at REAL,
        attempted_by TEXT,
        attempts INTEGER NOT NULL,
        error TEXT
    )
    """,
    "CREATE INDEX entry_by_state ON entry (state, position)",
    "CREATE TABLE lease (holder TEXT NOT NULL, until REAL NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",
)

_COLUMNS = (
    "key, position, state, server, method, url, headers, body, repeat, made, "
    "attempted_at, attempted_by, attempts, error"
)

_HINTS = {
    sqlite3.SQLITE_FULL: "free some space on its disk",
    sqlite3.SQLITE_CANTOPEN: "its folder must exist, and this user must be allowed to write into it",
    sqlite3.SQLITE_READONLY: "this user must be allowed to write it",
    sqlite3.SQLITE_NOTADB: "name another file, or move this one away",
    sqlite3.SQLITE_CORRUPT: "move it away, and read what it holds with the sqlite3 program's .recover",
    sqlite3.SQLITE_BUSY: "another program holds it locked",
}


class OutboxFile:
    """
    Entries in a file, in the order in which they were made.

    Any number of threads and processes may use one file. It must be on a disk of this machine: SQLite cannot share
    a file over a network.

    Args:
        path: The file; made when it is not there. Its folder must exist.
        most_bytes: How large it may become.
        clock: Seconds since 1970.

    Raises:
        OutboxError: The file cannot be used; as every method does.
    """

    def __init__(
        self, path: str | os.PathLike[str], most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.time
    ) -> None:
        self.path = Path(path).absolute()
        self.most_bytes = most_bytes
        self.clock = clock
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        _FILES.add(self)
        with self._reading():
            pass

    def put(self, request: Request, server: str, attempted: Attempt | None = None) -> Queued:
        """
        Keep *request*, synced to the disk, behind all that is there.

        Args:
            server: Base URL of the server that it is for.
            attempted: When and as whose it may have reached the server, if it may.

        Raises:
            OutboxFullError: The file has become as large as it may.
            OutboxError: It holds calls to another server, or cannot be written.
        """
        with self._writing() as database:
            self._check_server(database, server)
            self._check_room(database)
            return _insert(database, request, server, self.clock(), attempted)

    def waits(self) -> bool:
        """Whether anything waits to be delivered."""
        with self._reading() as database:
            return bool(_value(database, "SELECT EXISTS (SELECT 1 FROM entry WHERE state = 'waiting')"))

    def count(self, state: State) -> int:
        """How many entries are in *state*."""
        with self._reading() as database:
            return int(_value(database, "SELECT count(*) FROM entry WHERE state = ?", state.value))

    def entries(self, *states: State, most: int = -1) -> list[Entry]:
        """The first entries in any of *states*, in the order of delivery; all of them unless *most* is told."""
        names = ", ".join(f"'{state.value}'" for state in states or State)
        with self._reading() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM entry WHERE state IN ({names}) ORDER BY position LIMIT ?",  # noqa: S608 - our own columns
                (most,),
            )
            return [_entry(row) for row in rows]

    def check_server(self, server: str) -> None:
        """
        Pass when this file may take calls to *server*.

        Raises:
            OutboxError: It holds calls to another one.
        """
        with self._reading() as database:
            self._check_server(database, server)

    # Delivering

    def lease(self, holder: str, seconds: float) -> bool:
        """
        Whether *holder* may deliver for so many *seconds*: only one does at a time.

        Who holds the lease may renew it. One that has run out is taken over.
        """
        with self._writing() as database:
            return self._lease(database, holder, seconds)

    def release(self, holder: str) -> None:
        """Let others deliver."""
        with self._writing() as database:
            database.execute("DELETE FROM lease WHERE holder = ?", (holder,))

    def attempt(self, holder: str, seconds: float, entries: Iterable[Entry], attempt: Attempt) -> bool:
        """
        Whether *holder* still has the lease; if so, it is renewed, and *entries* are marked as sent by this *attempt*.

        The mark is on the disk before the first of them leaves, so that it is known after a crash that they may have.
        """
        with self._writing() as database:
            if not self._lease(database, holder, seconds):
                return False
            database.executemany(
                "UPDATE entry SET attempted_at = ?, attempted_by = ? WHERE key = ? AND attempted_at IS NULL",
                [(attempt.at, attempt.by, entry.key) for entry in entries],
            )
            return True

    def settle(self, holder: str, delivered: Iterable[Entry], changed: Iterable[Entry]) -> None:
        """
        Forget those *delivered*, and keep those *changed* as they are now. What was discarded stays so.

        When *holder* has the lease no longer, whoever has it now decides about those that were not delivered.
        """
        with self._writing() as database:
            database.executemany("DELETE FROM entry WHERE key = ?", [(entry.key,) for entry in delivered])
            if _value(database, "SELECT holder FROM lease") != holder:
                return
            database.executemany(
                "UPDATE entry SET state = ?, attempted_at = ?, attempted_by = ?, attempts = ?, error = ? WHERE key = ?",
                [
                    (entry.state.value, *_columns(entry.attempted), entry.attempts, entry.error, entry.key)
                    for entry in changed
                ],
            )

    # What people decide

    def discard(self, key: str) -> bool:
        """Forget an entry, whatever its state; False when there is none of this key."""
        with self._writing() as database:
            return database.execute("DELETE FROM entry WHERE key = ?", (key,)).rowcount > 0

    def retry(self, key: str, new_key: str) -> Queued | None:
        """
        Put a refused or uncertain entry behind all that waits, as a call of its own; None when there is none.

        It gets a *new_key*: under its old one the server would answer what it answered before.
        """
        with self._writing() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM entry WHERE key = ? AND state <> 'waiting'",  # noqa: S608 - our own columns
                (key,),
            ).fetchone()
            if row is None:
                return None
            database.execute("DELETE FROM entry WHERE key = ?", (key,))
            entry = _entry(row)
            headers = {**entry.request.headers, KEY_HEADER: new_key}
            return _insert(database, replace(entry.request, headers=headers), entry.server, entry.made, None)

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._telling():
            if self._connection is None:
                self._connection = _opened(self.path)
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # The lowest byte is the kind of the error, the others only tell more of it.
            hint = _HINTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
            raise OutboxError(f"The outbox {self} cannot be used: {error}" + (f"; {hint}" if hint else "")) from error

    def _lease(self, database: sqlite3.Connection, holder: str, seconds: float) -> bool:
        now = self.clock()
        row = database.execute("SELECT holder, until FROM lease").fetchone()
        # A lease that would last longer than any was given before the clock was set back.
        if row is not None and row[0] != holder and now < row[1] <= now + seconds:
            return False
        database.execute("DELETE FROM lease")
        database.execute("INSERT INTO lease VALUES (?, ?)", (holder, now + seconds))
        return True

    def _check_server(self, database: sqlite3.Connection, server: str) -> None:
        # All entries are for the same server, because each put looks here first.
        other = _value(database, "SELECT server FROM entry LIMIT 1")
        if other not in (None, server):
            raise OutboxError(
                f"The outbox {self} holds calls to {other}, and this client talks to {server}: "
                "deliver or discard them by a client of that server, or name another file"
            )

    def _check_room(self, database: sqlite3.Connection) -> None:
        pages, free, size = (
            int(_value(database, f"PRAGMA {name}")) for name in ("page_count", "freelist_count", "page_size")
        )
        if (pages - free) * size >= self.most_bytes:
            raise OutboxFullError(
                f"The outbox {self} is full: it holds {self.most_bytes:,} bytes, as much as it may. "
                "This call is not kept; deliver what waits, and decide about what was refused"
            )

    def __str__(self) -> str:
        return repr(str(self.path))


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    if _kind(connection) == (0, 0):
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have made the tables while this one waited.
        if _kind(connection) == (0, 0) and not _value(connection, "SELECT count(*) FROM sqlite_schema"):
            for statement in _SCHEMA:
                connection.execute(statement)
        connection.execute("COMMIT")
    if _kind(connection) != (_APPLICATION, _VERSION):
        raise OutboxError(f"The file {str(path)!r} is no outbox that this version can read; name another one")
    connection.execute("PRAGMA journal_mode = WAL")


def _kind(connection: sqlite3.Connection) -> tuple[int, int]:
    return _value(connection, "PRAGMA application_id"), _value(connection, "PRAGMA user_version")


def _value(connection: sqlite3.Connection, statement: str, *values: object) -> Any:
    row = connection.execute(statement, values).fetchone()
    return None if row is None else row[0]


def _insert(
    database: sqlite3.Connection, request: Request, server: str, made: float, attempted: Attempt | None
) -> Queued:
    headers = dict(request.headers)
    key = headers.pop(KEY_HEADER)
    position = database.execute(
        f"INSERT INTO entry ({_COLUMNS}) VALUES (?, NULL, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)",  # noqa: S608 - our own columns
        (
            key,
            server,
            request.method,
            request.url,
            json.dumps(headers),
            request.body,
            request.repeat.name,
            made,
            *_columns(attempted),
        ),
    ).lastrowid
    assert position is not None
    return Queued(key, position)


def _entry(row: tuple[Any, ...]) -> Entry:
    key, position, state, server, method, url, headers, body, repeat, made, at, by, *rest = row
    request = Request(method, url, {**json.loads(headers), KEY_HEADER: key}, body, Repeat[repeat])
    return Entry(key, position, State(state), server, request, made, None if at is None else Attempt(at, by), *rest)


def _columns(attempted: Attempt | None) -> tuple[float | None, str | None]:
    return (None, None) if attempted is None else (attempted.at, attempted.by)


_FILES: WeakSet[OutboxFile] = WeakSet()
_HELD: list[OutboxFile] = []
"""Files that nobody may use while this process forks."""


def _before_fork() -> None:
    # SQLite's connections and locks do not survive a fork: the child would believe that it holds its parent's.
    _HELD[:] = _FILES
    for file in _HELD:
        file._lock.acquire()
        file.close()


def _after_fork() -> None:
    while _HELD:
        _HELD.pop()._lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)

"""Brings what SQLite's write-ahead log holds into the database file, beside the writer and hardly ever in its way."""

import logging
import sqlite3
import threading

# SQLite would do this within the commit that happens to cross its limit, and everybody would wait for it.
_COMMITS_BETWEEN = 50
# 64 MiB of pages of 4 KiB.
_LONG_LOG_FRAMES = 16_384

_log = logging.getLogger(__name__)


class Checkpointer:
    """
    A thread that copies the pages of the log into the file while the writer goes on.

    While the writer goes on the log never becomes empty, so it would never begin anew. When it is long, the writer
    copies the little that is left by itself, and the log begins anew with its next commit.

    Args:
        raw: A connection of its own.
    """

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._commits = 0
        self._due = threading.Event()
        self._stopping = False
        self._is_log_long = False
        self._thread = threading.Thread(target=self._serve, name="checkpoints", daemon=True)
        self._thread.start()

    def committed(self, writer: sqlite3.Connection) -> None:
        """Take note of a commit of *writer*, in the writer's thread."""
        self._commits += 1
        if self._is_log_long:
            self._is_log_long = False
            _begin_anew(writer)
        if self._commits >= _COMMITS_BETWEEN:
            self._commits = 0
            self._due.set()

    def stop(self) -> None:
        """End the thread. Whoever closes the file last copies the rest."""
        self._stopping = True
        self._due.set()
        self._thread.join()
        self._raw.close()

    def _serve(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            if self._stopping:
                return
            self._copy()

    def _copy(self) -> None:
        try:
            _, frames, _ = self._raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.OperationalError as error:
            # Nothing is lost: it stands in the log, and the next time may go well.
            _log.warning("the write-ahead log could not be copied into the database: %s", error)
        else:
            self._is_log_long = frames >= _LONG_LOG_FRAMES


def _begin_anew(writer: sqlite3.Connection) -> None:
    """Copy what is left, unless somebody reads from the log still; then another time will do."""
    (patience,) = writer.execute("PRAGMA busy_timeout").fetchone()
    try:
        writer.execute("PRAGMA busy_timeout=0")
        writer.execute("PRAGMA wal_checkpoint(RESTART)")
    except sqlite3.OperationalError as error:
        _log.warning("the write-ahead log could not begin anew: %s", error)
    finally:
        writer.execute(f"PRAGMA busy_timeout={patience}")

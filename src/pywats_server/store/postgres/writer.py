"""Group commit on PostgreSQL: what has gathered while the last commit was synced goes into the next transaction."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import asyncpg

from pywats_server.errors import Busy, Conflict, DomainError, Sentence, StorageFull, Unavailable
from pywats_server.store.database import Work
from pywats_server.store.group import Pending, WriteQueue, carry_out, units
from pywats_server.store.postgres.connecting import Line, Raw, is_lost, unavailable, unknown
from pywats_server.store.postgres.connection import PostgresConnection

T = TypeVar("T")

_SECONDS_TO_WAIT = 5.0
"""How long writes wait for a database that has gone, before they are answered that it has."""

_SECONDS_A_STATEMENT = 60.0
_ATTEMPTS = 3

# Every server process takes this lock of the database: shared to count, which locks the rows that it changes in the
# order of their keys, and alone for every other change. So all other changes come one after the other, whatever they
# read and write, and nobody can wait in a circle.
LOCK = 7_306_574_838_154_358
# Counting finds all rows by keys. A plan that was made while a table was empty would read the whole of it, and be kept
# until the database has looked at the table again.
_BEGIN_SHARED = (
    "BEGIN; SET LOCAL lock_timeout = '20s'; SET LOCAL enable_seqscan = off; "
    f"SELECT pg_advisory_xact_lock_shared({LOCK}); SAVEPOINT unit"
)
_BEGIN_ALONE = f"BEGIN; SET LOCAL lock_timeout = '20s'; SELECT pg_advisory_xact_lock({LOCK}); SAVEPOINT unit"
_AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class Writer:
    """What this process changes in the database, in one task and over one connection."""

    def __init__(self, url: str) -> None:
        self._line = Line(url, seconds=_SECONDS_A_STATEMENT, is_read_only=False)
        self._queue = WriteQueue(self._commit)
        self._is_committing = False

    async def submit(self, pending: Callable[[asyncio.Future[T]], Pending]) -> T:
        """Let a write wait for its turn; return when it is safe on disk."""
        return await self._queue.submit(pending)

    async def stop(self) -> None:
        """Write what was accepted, then take leave of the database."""
        await self._queue.stop()
        await self._line.close()

    async def _commit(self, group: list[Pending]) -> None:
        """Carry *group* out; again, where the database took it back as a whole for a reason that passes."""
        failure = await self._try(group)
        for _ in range(1, _ATTEMPTS):
            if failure is None or not self._passes(failure):
                break
            failure = await self._try(group)
        if failure is not None:
            answer = unknown() if self._is_committing and is_lost(failure) else translated(failure)
            for pending in group:
                pending.take(answer)

    def _passes(self, failure: Exception) -> bool:
        """Tell whether what *failure* took back can be tried again: surely nothing of it was stored."""
        return isinstance(failure, _AGAIN) or (is_lost(failure) and not self._is_committing)

    async def _try(self, group: list[Pending]) -> Exception | None:
        """Carry *group* out in one transaction; return what broke it."""
        self._is_committing = False
        try:
            raw = await self._connected()
        except Exception as error:  # noqa: BLE001 - an error that ended this task would leave its callers waiting for ever
            return error
        try:
            await self._transact(raw, group)
        except Exception as error:  # noqa: BLE001 - whatever broke the transaction is every caller's answer
            await self._leave(raw, error)
            return error
        return None

    async def _transact(self, raw: Raw, group: list[Pending]) -> None:
        await raw.execute(_BEGIN_ALONE if units(group) else _BEGIN_SHARED)
        await carry_out(group, _Units(raw).apply)
        if raw.is_closed():
            raise ConnectionResetError("the connection was lost before the commit")
        self._is_committing = True
        if await raw.execute("COMMIT") != "COMMIT":
            raise RuntimeError("a group of changes was taken back although nobody asked for it")

    async def _connected(self) -> Raw:
        while True:
            try:
                return await self._line.raw()
            except Unavailable:
                if self._line.seconds_lost > _SECONDS_TO_WAIT:
                    raise
                await asyncio.sleep(self._line.pause)

    async def _leave(self, raw: Raw, error: Exception) -> None:
        """End a transaction that failed, or drop the connection where that is not possible."""
        if not is_lost(error):
            # The error that is known already says more than one that comes now.
            with suppress(Exception):
                await raw.execute("ROLLBACK")
                return
        self._line.drop()


class _Units:
    """The units of work of one transaction, each after a savepoint, so that its error takes back only itself."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._connection = PostgresConnection(raw)
        self._is_changed = False

    async def apply(self, work: Work[T]) -> T | Exception:
        """Do a unit of work; again, if another server stored at this moment what it then finds there."""
        try:
            return await self._apply(work)
        except asyncpg.UniqueViolationError:
            pass
        except Exception as error:  # noqa: BLE001 - the error is the caller's answer
            return self._answer(error)
        try:
            return await self._apply(work)
        except Exception as error:  # noqa: BLE001 - as above
            return self._answer(error)

    def _answer(self, error: Exception) -> Exception:
        if is_lost(error) or isinstance(error, _AGAIN):
            raise error
        return translated(error)

    async def _apply(self, work: Work[T]) -> T:
        if self._is_changed:
            await self._raw.execute("RELEASE SAVEPOINT unit; SAVEPOINT unit")
        self._is_changed = True
        try:
            return await work(self._connection)
        except Exception as error:
            if not is_lost(error):
                await self._raw.execute("ROLLBACK TO SAVEPOINT unit")
                self._is_changed = False
            raise


def translated(error: Exception) -> Exception:
    """Return what a caller is told about *error*."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, asyncpg.DiskFullError):
        return StorageFull(
            Sentence("The database's disk is full. Nothing was changed; tell the administrator to make room.")
        )
    if isinstance(error, asyncpg.UniqueViolationError):
        return Conflict(
            Sentence("Another server stored the same at this moment. Read it again, then repeat the change.")
        )
    if isinstance(error, (*_AGAIN, asyncpg.LockNotAvailableError)):
        return Busy(Sentence("Others are changing the same in the database. Try again in a second."))
    return unavailable() if is_lost(error) else error

"""A PostgreSQL database, or a cluster of them, as a `Database`."""

from typing import TypeVar

import asyncpg

from pywats_server.store.database import JointWork, Work
from pywats_server.store.group import Item, Unit
from pywats_server.store.limits import too_expensive
from pywats_server.store.postgres.connecting import Line, Raw
from pywats_server.store.postgres.connection import PostgresConnection
from pywats_server.store.postgres.reader import Lines, Reader, ask, guarded
from pywats_server.store.postgres.writer import Writer

T = TypeVar("T")
G = TypeVar("G")

_READERS = 3
_SCANNERS = 2
_SECONDS_A_READ = 10.0
# A statement's limit counts the time for which it waits for a processor, too; SQLite's is computing time alone.
_WAITING = 5


class PostgresDatabase:
    """
    A PostgreSQL database as a `Database`. It belongs to the event loop that uses it first.

    Args:
        url: Its address; several hosts, parted by commas, are one cluster, of which the primary is used.
        scan_seconds: Computing time that one statement of a `scan` may take.
    """

    def __init__(self, url: str, *, scan_seconds: float = 1.0) -> None:
        self._scan_seconds = scan_seconds
        seconds = max(_SECONDS_A_READ, 2 * _WAITING * scan_seconds)
        self._reading = Lines(_READERS, lambda: Line(url, seconds=_SECONDS_A_READ, is_read_only=True))
        self._scanning = Lines(_SCANNERS, lambda: Line(url, seconds=seconds, is_read_only=True))
        self._reader = Reader(self._reading)
        self._writer = Writer(url)

    async def read(self, work: Work[T]) -> T:
        """Run *work*, whose statements each see what is committed when they are asked."""
        return await work(self._reader)

    async def scan(self, work: Work[T]) -> T:
        """Run *work* on one snapshot, within its limit of time."""
        async with self._scanning.line() as line:
            await ask(line, self._begin)
            # Not asked again when the connection is lost now: what was found may have been taken already.
            return await guarded(line, lambda raw: self._scan(raw, work))

    async def _begin(self, raw: Raw) -> None:
        limit = max(round(_WAITING * self._scan_seconds * 1000), 1)
        await raw.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {limit}")

    async def _scan(self, raw: Raw, work: Work[T]) -> T:
        try:
            return await work(PostgresConnection(raw))
        except asyncpg.QueryCanceledError as error:
            raise too_expensive(self._scan_seconds) from error
        finally:
            if not raw.is_closed():
                await raw.execute("ROLLBACK")

    async def write(self, work: Work[T]) -> T:
        """Hand *work* to the writer and wait for the commit that holds it."""
        return await self._writer.submit(lambda future: Unit(future, work))

    async def write_together(self, work: JointWork[G, T], item: G) -> T:
        """Hand *item* to the writer and wait for the commit that holds it."""
        return await self._writer.submit(lambda future: Item(future, work, item))

    async def close(self) -> None:
        """Finish accepted writes, then take leave of the database."""
        await self._writer.stop()
        await self._reading.close()
        await self._scanning.close()

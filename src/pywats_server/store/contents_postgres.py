"""The content of a PostgreSQL database: read in one snapshot beside running servers, or replaced in one transaction."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import Boolean, Table, func, select

from pywats_server.errors import StorageFull, Unavailable
from pywats_server.store.contents import ENDING, TABLES
from pywats_server.store.database import Row
from pywats_server.store.postgres.connecting import Raw, connect
from pywats_server.store.postgres.connection import DIALECT, PostgresConnection
from pywats_server.store.postgres.writer import LOCK
from pywats_server.store.statement import Statement

_SECONDS = 24 * 3600.0
"""How long one statement may take: a copy of everything is one for each table."""

# Between two pages there may be much to do with the first.
_PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"
_READ = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_PATIENT}; SELECT 1"
# Who changes something waits until everything is replaced; who reads sees what was there before.
_REPLACE = f"BEGIN; {_PATIENT}; SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock({LOCK})"
_SEQUENCE = "SELECT pg_get_serial_sequence($1, $2)"
_LAST = "SELECT coalesce(pg_sequence_last_value($1::text::regclass), 0)"
_SET_LAST = "SELECT setval($1::text::regclass, greatest($2, coalesce(pg_sequence_last_value($1::text::regclass), 1)))"


class PostgresContents(PostgresConnection):
    """What a connection to PostgreSQL sees within its transaction."""

    async def pages(self, statement: Statement, rows: int = 1000, **values: Any) -> AsyncGenerator[list[Row], None]:
        """Return the rows as they come, *rows* at a time; only the last page is shorter."""
        text, ordered = statement.positional(DIALECT, values)
        cursor = await self.raw.cursor(text, *ordered)
        while page := await cursor.fetch(rows):
            yield [tuple(row) for row in page]

    async def last_number(self, table: Table) -> int:
        """Return the highest key that *table* has ever given out, 0 for none."""
        [(highest,)] = await self.fetch_all(Statement(select(func.max(*table.primary_key.columns))))
        sequence = await self._sequence(table)
        return max(highest or 0, await self.raw.fetchval(_LAST, sequence) if sequence else 0)

    async def _sequence(self, table: Table) -> str | None:
        [key] = table.primary_key.columns
        name: str | None = await self.raw.fetchval(_SEQUENCE, table.name, key.name)
        return name

    async def damage(self) -> list[str]:
        """Return nothing: PostgreSQL tells of damaged files when it reads them."""
        return []

    async def clear(self) -> None:
        """Delete every row. Tables are not truncated, because readers would then have to wait."""
        for table in (*ENDING, *reversed(TABLES)):
            await self.raw.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - the name is one of our own tables

    async def load(self, table: Table, pages: AsyncIterable[list[Row]]) -> None:
        """Add rows to a *table* that is empty; each has the table's columns in their order."""
        names = [column.name for column in table.columns]
        await self.raw.copy_records_to_table(table.name, records=_records(table, pages), columns=names)

    async def number_from(self, table: Table, last: int) -> None:
        """Never again give out a key up to *last*."""
        sequence = await self._sequence(table)
        if last and sequence:
            # A sequence stays as it is set even if the transaction is taken back, so it only ever goes up.
            await self.raw.fetchval(_SET_LAST, sequence, last)


async def _records(table: Table, pages: AsyncIterable[list[Row]]) -> AsyncIterator[Row]:
    """Return rows one by one. SQLite's truth values are numbers, which PostgreSQL does not take for one."""
    truths = [index for index, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    async for page in pages:
        for row in page:
            if truths:
                values = list(row)
                for index in truths:
                    values[index] = bool(values[index])
                yield tuple(values)
            else:
                yield row


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[PostgresContents]:
    """
    Open one snapshot of the database at *url*, which is not changed.

    Raises:
        Unavailable: It cannot be reached or read.
    """
    async with _connected(url) as raw:
        await raw.execute(_READ)
        yield PostgresContents(raw)


@asynccontextmanager
async def replacing(url: str) -> AsyncIterator[PostgresContents]:
    """
    Open the one transaction in which the content of the database at *url* is replaced; its end commits.

    Raises:
        Unavailable: It cannot be reached, does not take what is put into it, or others did not stop changing it.
        StorageFull: Its disk is full.
    """
    async with _connected(url) as raw:
        await raw.execute(_REPLACE)
        yield PostgresContents(raw)
        # Without figures about the new content, the first questions would take long.
        for table in TABLES:
            await raw.execute(f'ANALYZE "{table.name}"')
        await raw.execute("COMMIT")


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Raw]:
    try:
        raw = await _connect(url)
        try:
            yield raw
        finally:
            # What was not committed is taken back.
            raw.terminate()
    except asyncpg.DiskFullError as error:
        raise StorageFull("The database's disk is full. Nothing was changed.") from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError) as error:
        raise Unavailable(f"The database cannot be used: {error}. Nothing was changed.") from error


async def _connect(url: str) -> Raw:
    try:
        return await connect(url, seconds=_SECONDS)
    except OSError as error:
        raise Unavailable(f"The database does not answer: {error}. Nothing was changed.") from error

"""Statements on one connection to PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy.dialects.postgresql.asyncpg import dialect

from pywats_server.store.database import PART_ROWS, Row
from pywats_server.store.postgres.connecting import Raw
from pywats_server.store.postgres.together import Joined, changes
from pywats_server.store.statement import Statement

T = TypeVar("T")

DIALECT = dialect()  # type: ignore[no-untyped-call]
_JOINED = Joined(changes)


class PostgresConnection:
    """Runs statements on PostgreSQL, in the transaction that *raw* is in."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    async def fetch_one(self, statement: Statement, **values: Any) -> Row | None:
        """Return the first row, or None."""
        text, ordered = statement.positional(DIALECT, values)
        row = await self.raw.fetchrow(text, *ordered)
        return None if row is None else tuple(row)

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return all rows."""
        text, ordered = statement.positional(DIALECT, values)
        return [tuple(row) for row in await self.raw.fetch(text, *ordered)]

    async def fetch_in_parts(self, statement: Statement, **values: Any) -> AsyncIterator[list[Row]]:
        """Yield all rows as the database finds them, in parts of up to `PART_ROWS`, none of which is empty."""
        text, ordered = statement.positional(DIALECT, values)
        cursor = await self.raw.cursor(text, *ordered)
        while rows := await cursor.fetch(PART_ROWS):
            yield [tuple(row) for row in rows]

    async def execute(self, statement: Statement, **values: Any) -> int:
        """Return how many rows were changed."""
        text, ordered = statement.positional(DIALECT, values)
        return _changed(await self.raw.execute(text, *ordered))

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run *statement* once for each of *rows*."""
        text, ordered = statement.positional_many(DIALECT, rows)
        joined = await _JOINED.text(self.raw, text) if len(ordered) > 1 else None
        if joined is not None:
            await self.raw.execute(joined, *zip(*ordered, strict=True))
        elif ordered:
            await self.raw.executemany(text, ordered)

    async def attempt(self, part: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a part of the work; when it raises an error, take back what it changed, and only that."""
        await self.raw.execute("SAVEPOINT part")
        try:
            result = await part()
        except BaseException:
            if not self.raw.is_closed():
                await self.raw.execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
            raise
        await self.raw.execute("RELEASE SAVEPOINT part")
        return result


def _changed(tag: str) -> int:
    """Return the number of rows that a command's tag ends with, such as `INSERT 0 1`."""
    number = tag.rpartition(" ")[2]
    return int(number) if number.isdigit() else 0

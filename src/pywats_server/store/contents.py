"""The content of a whole database as rows, for what looks at all of it: copies, backups, checks."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import Any, Protocol

from sqlalchemy import Table, bindparam, func, insert, select

from pywats_server.store.database import Row
from pywats_server.store.statement import Statement
from pywats_server.store.tables import (
    archived_file,
    asset_file,
    failed_sign_in,
    given_answer,
    lease,
    list_import_file,
    metadata,
    web_session,
)

ENDING = (web_session, failed_sign_in)
"""Tables that no copy takes along, and that are empty after a restore: who had signed out stays so."""

TABLES = [table for table in metadata.sorted_tables if table not in (*ENDING, lease)]
"""The tables that make up what is kept, each after those that it refers to. Leases are of processes that run now."""

Advance = Callable[[str, int, int], None]
"""Is told how far something is: what is being done, how much of it is done, and of how much."""

_PAGE_ROWS = 1000
# Rows that may be large come a few at a time, so that memory stays bounded.
_ROWS_OF_LARGE = {asset_file.name: 1, archived_file.name: 1, list_import_file.name: 1, given_answer.name: 50}


class Contents(Protocol):
    """One consistent state of a whole database."""

    async def fetch_all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return all rows."""
        ...

    def pages(self, statement: Statement, rows: int = _PAGE_ROWS, **values: Any) -> AsyncGenerator[list[Row], None]:
        """Return the rows as they come, *rows* at a time; only the last page is shorter."""
        ...

    async def last_number(self, table: Table) -> int:
        """Return the highest key that *table* has ever given out, 0 for none."""
        ...

    async def damage(self) -> list[str]:
        """Return what the database itself finds wrong with its files."""
        ...


class OpenContents(Contents, Protocol):
    """The content of a database inside the transaction that replaces it. It takes effect as a whole."""

    async def clear(self) -> None:
        """Delete every row of every table but those of leases."""
        ...

    async def load(self, table: Table, pages: AsyncIterable[list[Row]]) -> None:
        """Add rows to a *table* that is empty; each has the table's columns in their order."""
        ...

    async def number_from(self, table: Table, last: int) -> None:
        """Never again give out a key up to *last*."""
        ...


def is_numbered(table: Table) -> bool:
    """Tell whether the database gives out the keys of *table*."""
    return len(table.primary_key.columns) == 1 and table.autoincrement_column is not None


def page_rows(table: Table) -> int:
    """Return how many rows of *table* to hold in memory at once."""
    return _ROWS_OF_LARGE.get(table.name, _PAGE_ROWS)


IN_ORDER = {table.name: Statement(select(table).order_by(*table.primary_key.columns)) for table in TABLES}
"""All rows of each table by its key, the same on every database."""

INSERT = {
    table.name: Statement(insert(table).values({column.name: bindparam(column.name) for column in table.columns}))
    for table in TABLES
}
"""Adds a row to each table."""

_COUNT = {table.name: Statement(select(func.count()).select_from(table)) for table in TABLES}


async def count_rows(contents: Contents, table: Table) -> int:
    """Return how many rows *table* has."""
    [(rows,)] = await contents.fetch_all(_COUNT[table.name])
    return int(rows)

"""Copies the content of one database into another, whichever they are, and compares the two row by row."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import zip_longest

from sqlalchemy import Table

from pywats_server.store.contents import (
    IN_ORDER,
    TABLES,
    Advance,
    Contents,
    OpenContents,
    count_rows,
    is_numbered,
    page_rows,
)
from pywats_server.store.database import Row


class CopyDiffers(RuntimeError):
    """A copy is not what it was copied from: a disk, the memory or a program is at fault, and no caller."""


async def copy(source: Contents, target: OpenContents, advance: Advance) -> int:
    """
    Replace the content of *target* by that of *source*, and compare them; return the number of rows.

    Raises:
        CopyDiffers: What can be read from *target* is not what was written.
    """
    await target.clear()
    for table in TABLES:
        await target.load(table, _told(source, table, f"copying {table.name}", advance))
        if is_numbered(table):
            await target.number_from(table, await source.last_number(table))
    return await compare(source, target, advance)


async def compare(source: Contents, copy: Contents, advance: Advance) -> int:
    """
    Compare all rows of two databases; return their number.

    Raises:
        CopyDiffers: A row is not the same, or is missing in one of them.
    """
    return sum([await _compare_table(source, copy, table, advance) for table in TABLES])


async def _compare_table(source: Contents, copy: Contents, table: Table, advance: Advance) -> int:
    compared = 0
    statement, rows = IN_ORDER[table.name], page_rows(table)
    async with aclosing(copy.pages(statement, rows)) as copied:
        async for page in _told(source, table, f"comparing {table.name}", advance):
            _compare_pages(table, page, await anext(copied, []))
            compared += len(page)
        _compare_pages(table, [], await anext(copied, []))
    return compared


def _compare_pages(table: Table, page: list[Row], copied: list[Row]) -> None:
    if page == copied:
        return
    original, other = next(pair for pair in zip_longest(page, copied) if pair[0] != pair[1])
    row = dict(zip(table.columns.keys(), original or other, strict=True))
    where = ", ".join(f"{column.name} {row[column.name]!r}" for column in table.primary_key.columns)
    raise CopyDiffers(f"The copy of the table {table.name} differs at {where}. The copy was thrown away.")


async def _told(source: Contents, table: Table, doing: str, advance: Advance) -> AsyncGenerator[list[Row], None]:
    """Return all rows of a table by page, and tell how far they have come."""
    total, done = await count_rows(source, table), 0
    advance(doing, done, total)
    async for page in source.pages(IN_ORDER[table.name], page_rows(table)):
        yield page
        done += len(page)
        advance(doing, done, total)

"""Copies an SQLite file page by page, in a fraction of the time that its rows would take, and compares every row."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Table

from pywats_server.store.contents import ENDING, TABLES, Advance
from pywats_server.store.contents_sqlite import opened
from pywats_server.store.copying import CopyDiffers

_PAGES_AT_ONCE = 32


def copy_file(path: Path, target: Path, advance: Advance) -> int:
    """
    Copy the SQLite file at *path* into the empty file *target* as it is at one moment; return the number of rows.

    Nobody who uses *path* has to wait. Its write-ahead log grows meanwhile, so the rows are compared by SQLite itself.

    Raises:
        CopyDiffers: What can be read from *target* is not what was written.
        Unavailable: A file cannot be read or written.
        StorageFull: The disk is full.
    """
    with opened(path, "ro") as raw:
        # It can be attached only now, while there is nothing in it yet, because then the snapshot begins.
        raw.execute("ATTACH ? AS copied", [f"{target.absolute().as_uri()}?mode=ro"])
        raw.execute("BEGIN")
        raw.execute("SELECT count(*) FROM main.sqlite_master")
        _copy_new(raw, target, advance)
        return _compare(raw, advance)


def replace_file(path: Path, target: Path, advance: Advance) -> None:
    """
    Replace the content of the SQLite file *target* by that of *path*, in one transaction of SQLite.

    Whoever uses *target* meanwhile goes on: readers see what was there before, writers wait.

    Raises:
        Unavailable: A file cannot be read or written; *target* is as it was.
        StorageFull: The disk is full; *target* is as it was.
    """
    with opened(path, "ro") as raw, opened(target, "rw") as replaced:
        replaced.execute("PRAGMA synchronous=FULL")
        _copy_pages(raw, replaced, advance)


def _copy_new(raw: sqlite3.Connection, target: Path, advance: Advance) -> None:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        # Nothing is lost when it fails: then the file is thrown away.
        copy.execute("PRAGMA synchronous=OFF")
        _copy_pages(raw, copy, advance)
        # One file, which can also be read where nothing may be written.
        copy.execute("PRAGMA journal_mode=DELETE")


def _copy_pages(raw: sqlite3.Connection, copy: sqlite3.Connection, advance: Advance) -> None:
    def told(status: int, remaining: int, total: int) -> None:  # noqa: ARG001 - the signature of a callback
        advance("copying pages", total - remaining, total)

    raw.backup(copy, pages=_PAGES_AT_ONCE, progress=told)
    # What is deleted leaves no trace in the file.
    copy.execute("PRAGMA secure_delete=ON")
    for table in ENDING:
        copy.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - the name is one of our own tables


def _compare(raw: sqlite3.Connection, advance: Advance) -> int:
    rows = 0
    for done, table in enumerate(TABLES):
        advance(f"comparing {table.name}", done, len(TABLES))
        rows += _compare_table(raw, table)
    return rows


def _compare_table(raw: sqlite3.Connection, table: Table) -> int:
    name = table.name
    names = [column.name for column in table.columns]
    keys = " AND ".join(f'copy."{column.name}" = original."{column.name}"' for column in table.primary_key.columns)
    differs = " OR ".join(f'copy."{name}" IS NOT original."{name}"' for name in names)
    pairs = f'main."{name}" AS original LEFT JOIN copied."{name}" AS copy ON {keys}'
    [is_different] = raw.execute(f"SELECT EXISTS (SELECT 1 FROM {pairs} WHERE {differs})").fetchone()  # noqa: S608
    [written], [copied] = (
        raw.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()  # noqa: S608
        for schema in ("main", "copied")
    )
    if is_different or written != copied:
        raise CopyDiffers(f"The copy of the table {name} differs from what was copied. The copy was thrown away.")
    return int(written)

"""Backups: the content of any database as one SQLite file with our schema; and databases filled from one."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from pywats_server.errors import Conflict, InvalidInput
from pywats_server.store import contents_sqlite, schema
from pywats_server.store.contents import TABLES, Advance, Contents, OpenContents, count_rows
from pywats_server.store.copying import copy
from pywats_server.store.copying_sqlite import copy_file, replace_file
from pywats_server.store.opening import is_postgres, sqlite_path
from pywats_server.store.schema import SchemaState


async def back_up(url: str, file: Path, advance: Advance) -> int:
    """
    Write everything that the database at *url* holds at one moment into *file*; return the number of rows.

    The file has its name, and replaces one that is there, when it is whole, compared and on the disk. Only its owner
    may read it, because it holds the hashes of tokens and passwords.

    Raises:
        CopyDiffers: What was written cannot be read again.
    """
    with _written_whole(file) as partial:
        if not is_postgres(url):
            return copy_file(sqlite_path(url), partial, advance)
        schema.upgrade(_address(partial))
        return await copy_database(url, _address(partial), advance)


async def restore(file: Path, url: str, advance: Advance, *, replace: bool = False) -> int:
    """
    Fill the database at *url* from a backup, in one transaction; return the number of rows.

    Args:
        replace: Replace what the database holds.

    Raises:
        InvalidInput: *file* is no backup, one of a newer version, or damaged.
        Conflict: The database holds something, and shall not be replaced.
        CopyDiffers: What was written to PostgreSQL cannot be read again; nothing was changed.
    """
    with _current(file) as current:
        async with reading(_address(current)) as source:
            await _refuse_damaged(file, source, advance)
            rows = sum([await count_rows(source, table) for table in TABLES])
        if is_postgres(url):
            return await copy_database(_address(current), url, advance, replace=replace)
        if not replace:
            async with reading(url) as target:
                await _refuse_to_replace(target)
        replace_file(current, sqlite_path(url), advance)
        return rows


async def _refuse_damaged(file: Path, contents: Contents, advance: Advance) -> None:
    advance("checking the backup", 0, 1)
    if damage := await contents.damage():
        raise InvalidInput(f"{file} is damaged: {damage[0]}. Nothing was changed.")


async def copy_database(source_url: str, url: str, advance: Advance, *, replace: bool = False) -> int:
    """
    Fill the database at *url* from another, in one transaction; return the number of rows.

    Both have the schema of this version.

    Args:
        replace: Replace what the database at *url* holds.

    Raises:
        Conflict: It holds something, and shall not be replaced.
        CopyDiffers: What was written cannot be read again; nothing was changed.
    """
    async with reading(source_url) as source, replacing(url) as target:
        if not replace:
            await _refuse_to_replace(target)
        return await copy(source, target, advance)


async def _refuse_to_replace(target: Contents) -> None:
    for table in TABLES:
        if rows := await count_rows(target, table):
            raise Conflict(
                f"The database is not empty: the table {table.name} has {rows} rows. Nothing was changed. "
                "Give --replace to replace all that it holds."
            )


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Contents]:
    """Open one snapshot of the database at *url*, which is not changed, beside servers that are running."""
    if is_postgres(url):
        from pywats_server.store import contents_postgres

        async with contents_postgres.reading(url) as contents:
            yield contents
    else:
        with contents_sqlite.reading(sqlite_path(url)) as in_file:
            yield in_file


@asynccontextmanager
async def replacing(url: str) -> AsyncIterator[OpenContents]:
    """Open the one transaction in which the content of the database at *url* is replaced; its end commits."""
    if is_postgres(url):
        from pywats_server.store import contents_postgres

        async with contents_postgres.replacing(url) as contents:
            yield contents
    else:
        with contents_sqlite.replacing(sqlite_path(url)) as in_file:
            yield in_file


def _address(file: Path) -> str:
    return f"sqlite:///{file.absolute()}"


@contextmanager
def _written_whole(file: Path) -> Iterator[Path]:
    """Give a new file to write, which only its owner can read; then put it on the disk and into the place of *file*."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".partial", dir=file.absolute().parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        _sync(partial)
        partial.replace(file)
        _sync(file.absolute().parent)
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk. Windows cannot do the latter, and does it by itself."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _current(file: Path) -> Iterator[Path]:
    """Give a backup with the schema of this version: *file* itself, or a copy of it that is brought up to date."""
    if not file.is_file():
        raise InvalidInput(f"There is no file {file}.")
    state = schema.state(_address(file))
    if state is SchemaState.CURRENT:
        yield file
    elif state is SchemaState.OLDER:
        with tempfile.TemporaryDirectory(prefix="pywats-restore-") as folder:
            copied = Path(shutil.copy(file, folder))
            schema.upgrade(_address(copied))
            yield copied
    else:
        raise InvalidInput(_NO_BACKUP[state].format(file=file))


_NO_BACKUP = {
    SchemaState.NEWER: (
        "{file} is a backup of a newer version. Nothing was changed. "
        "Install that version of pywats-assets, and restore with it."
    ),
    SchemaState.FOREIGN: "{file} is the database of another program. Nothing was changed.",
    SchemaState.EMPTY: "{file} is no backup: it is empty. Nothing was changed.",
}

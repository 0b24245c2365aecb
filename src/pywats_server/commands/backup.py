"""`backup`, `restore` and `db copy`: everything that a database holds, in another place."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError

from pywats_server.commands import options, progress
from pywats_server.commands.opening import fail, prepare, read_settings, require_database
from pywats_server.errors import DomainError
from pywats_server.settings import Settings
from pywats_server.store import backups
from pywats_server.store.contents import Advance
from pywats_server.store.copying import CopyDiffers

Replace = Annotated[bool, typer.Option("--replace", help="Replace everything that the database holds.")]


def backup(
    file: Annotated[Path, typer.Argument(help="File to write.")],
    data: options.Data = None,
    database: options.DatabaseAddress = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """
    Write everything that the database holds into one file, beside a running server.

    The file holds what was there at one moment, and gets its name when it is whole, compared row by row and on the
    disk. Only its owner may read it. `restore` takes it, on this machine or another, into SQLite or PostgreSQL.
    """
    settings = read_settings(lambda: options.settings(data=data, database=database))
    if file.exists() and not force:
        raise fail(f"{file} is there already. Choose another name, or replace it with --force.")
    require_database(settings)
    rows = _run(lambda advance: backups.back_up(settings.database_url, file, advance))
    typer.echo(f"Wrote {rows} rows to {file}, each compared.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    data: options.Data = None,
    database: options.DatabaseAddress = None,
    replace: Replace = False,
) -> None:
    """
    Fill the database from a backup, in one transaction: all of it, or nothing is changed.

    Servers that are running on the database go on, and see what was restored. A backup of an older version is brought
    up to date on the way.
    """
    settings = read_settings(lambda: options.settings(data=data, database=database))
    prepare(settings)
    rows = _run(lambda advance: backups.restore(file, settings.database_url, advance, replace=replace))
    typer.echo(f"Restored {rows} rows from {file}.")


def copy(
    source: Annotated[str, typer.Argument(help="Address of the database to copy.")],
    target: Annotated[str, typer.Argument(help="Address of the database to fill; it may be new.")],
    replace: Replace = False,
) -> None:
    """
    Copy everything from one database to another, such as from SQLite to PostgreSQL, in one transaction.

    Stop the servers of the source first: what they change while it is copied stays behind.
    """
    from_settings, to_settings = _settings(source), _settings(target)
    if from_settings.database_url == to_settings.database_url:
        raise fail("The two are the same database. Nothing was changed.")
    require_database(from_settings)
    prepare(to_settings)
    rows = _run(
        lambda advance: backups.copy_database(
            from_settings.database_url, to_settings.database_url, advance, replace=replace
        )
    )
    typer.echo(f"Copied {rows} rows, each compared.")


def _settings(address: str) -> Settings:
    return read_settings(lambda: options.settings(database=address))


def _run(work: Callable[[Advance], Coroutine[Any, Any, int]]) -> int:
    """Run *work* with its progress on the terminal; turn what may go wrong into its message and exit code 1."""
    try:
        with progress.shown() as advance:
            return asyncio.run(work(advance))
    except DomainError as error:
        raise fail(error.message) from error
    except (CopyDiffers, OSError, SQLAlchemyError) as error:
        raise fail(f"Nothing was changed: {error}") from error

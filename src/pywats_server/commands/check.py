"""`db check`: whether a database is in order."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer

from pywats_server.checking.mending import mend
from pywats_server.checking.report import Report, as_json, as_text
from pywats_server.checking.run import check as check_database
from pywats_server.commands import options, progress
from pywats_server.commands.opening import backend, fail, read_settings, require_database
from pywats_server.errors import DomainError
from pywats_server.settings import Settings
from pywats_server.store import backups
from pywats_server.store.contents import Advance

T = TypeVar("T")

FAULTS = 1
"""Exit code when something is not as it should be."""

NOT_CHECKED = 2
"""Exit code when the database could not be checked."""


def check(
    data: options.Data = None,
    database: options.DatabaseAddress = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what follows from other facts, and check again.")
    ] = False,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Check that the database is in order, beside a running server. Nothing is changed, unless --repair is given.

    Checked are counts, use by day, next dates and levels, references, the tree, the chains of the logs, files, the
    archive, and what the database itself says of its files. Each fault is printed: what it is about, what stands
    there, and what should.

    A repair mends counters that are missing, counts that use by day does not add up to, next dates and levels; the
    log tells what it changed. It never touches logs and files.

    The exit code is 0 when all is in order, 1 when something is not, and 2 when the database could not be checked.
    """
    try:
        settings = read_settings(lambda: options.settings(data=data, database=database))
        require_database(settings)
        with progress.shown() as advance:
            report, mended = _run(_check(settings, advance)), 0
            if repair and report.mendable:
                mended = _run(_mend(settings, report, advance))
                report = _run(_check(settings, advance))
    except typer.Exit as exit:
        raise typer.Exit(NOT_CHECKED) from exit
    typer.echo(as_json(report, mended) if is_json else as_text(report, mended))
    if report.faults:
        raise typer.Exit(FAULTS)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except DomainError as error:
        raise fail(error.message) from error


async def _check(settings: Settings, advance: Advance) -> Report:
    return await check_database(lambda: backups.reading(settings.database_url), advance)


async def _mend(settings: Settings, report: Report, advance: Advance) -> int:
    async with backend(settings) as opened:
        await mend(opened, report.mendable, advance)
    return len(report.mendable)

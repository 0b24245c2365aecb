"""Opens the database for a command, or says what to do when it cannot be opened."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from pywats_server.clock import Clock, system_clock
from pywats_server.errors import DomainError
from pywats_server.services.backend import Backend
from pywats_server.settings import Settings
from pywats_server.store import schema
from pywats_server.store.opening import is_new, make_place, masked, open_database
from pywats_server.store.schema import SchemaState

T = TypeVar("T")

# Whoever runs a command waits for it; a limit is for what many share.
_PATIENCE_SECONDS = 24 * 60 * 60.0


def fail(message: str) -> typer.Exit:
    """Tell what is wrong and return the exit to raise."""
    typer.echo(message, err=True)
    return typer.Exit(1)


def prepare(settings: Settings) -> None:
    """
    Bring a database that does not exist yet into being; refuse one whose schema is not this version's.

    Raises:
        typer.Exit: The schema is older, newer or another program's; what to do was printed.
    """
    state = look(settings)
    if state is SchemaState.EMPTY:
        schema.upgrade(settings.database_url)
    else:
        _refuse_other_schema(settings, state)


def require_database(settings: Settings) -> None:
    """
    Let a database pass that exists and has this version's schema; one that does not exist is not made.

    Raises:
        typer.Exit: It cannot be used; what to do was printed.
    """
    if is_new(settings.database_url):
        raise fail(f"There is no database {masked(settings.database_url)}.")
    _refuse_other_schema(settings, look(settings))


@contextmanager
def trial(settings: Settings) -> Iterator[Settings]:
    """Give *settings* whose database may be used for a trial: an empty one, gone afterwards, instead of a new one."""
    try:
        is_empty = is_new(settings.database_url) or look(settings) is SchemaState.EMPTY
    except DomainError as error:
        raise fail(error.message) from error
    if not is_empty:
        yield settings
        return
    with TemporaryDirectory() as folder:
        yield settings.model_copy(update={"database": f"sqlite:///{Path(folder) / 'trial.sqlite'}"})


def _refuse_other_schema(settings: Settings, state: SchemaState) -> None:
    if state is not SchemaState.CURRENT:
        raise fail(_ADVICE[state].format(url=masked(settings.database_url)))


def look(settings: Settings) -> SchemaState:
    """Return where the database stands; make the folder of a file that does not exist yet."""
    try:
        make_place(settings.database_url)
        return schema.state(settings.database_url)
    except (DomainError, OSError, SQLAlchemyError) as error:
        raise fail(f"The database {masked(settings.database_url)} cannot be opened: {error}") from error


_ADVICE = {
    SchemaState.EMPTY: "There is nothing in the database {url}.",
    SchemaState.OLDER: (
        "The database {url} has the schema of an older version. Nothing was changed. Make a copy of it, "
        "then bring it up to date with: pywats-server db upgrade"
    ),
    SchemaState.NEWER: (
        "The database {url} has the schema of a newer version. Nothing was changed. "
        "Install that version of pywats-assets, or restore a backup made with this one."
    ),
    SchemaState.FOREIGN: (
        "The database {url} holds tables of another program. Nothing was changed. "
        "Choose another with --data or --database."
    ),
}


@asynccontextmanager
async def backend(settings: Settings, clock: Clock = system_clock) -> AsyncIterator[Backend]:
    """Open the database for the time of a command."""
    database = open_database(settings.database_url, scan_seconds=_PATIENCE_SECONDS)
    try:
        yield Backend(database, clock)
    finally:
        await database.close()


def run(settings: Settings, work: Callable[[Backend], Coroutine[Any, Any, T]]) -> T:
    """Prepare the database, run *work* on it, and turn an error of the domain into its message and exit code 1."""
    prepare(settings)

    async def opened() -> T:
        async with backend(settings) as opened_backend:
            return await work(opened_backend)

    try:
        return asyncio.run(opened())
    except DomainError as error:
        raise fail(error.message) from error


def read_settings(read: Callable[[], Settings]) -> Settings:
    """Return the settings, or tell which of them cannot be read."""
    try:
        return read()
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, fault['loc']))} is {fault['input']!r}: {fault['msg']}" for fault in error.errors()
        ]
        raise fail("\n".join(lines)) from error

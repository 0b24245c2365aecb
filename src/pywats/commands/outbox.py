"""`outbox`: what waits for the server, and what a person has to decide about."""

import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pywats.commands.failures import FAILED
from pywats.commands.printing import as_json, print_json, print_table
from pywats.commands.server import Server, pass_server
from pywats.commands.texts import text

if TYPE_CHECKING:
    from pywats.client import pyWATS
    from pywats.outbox.entries import Flushed
    from pywats.outbox.file import OutboxFile

_HEADINGS = ("STATE", "MADE", "WHAT", "TRIES", "ERROR", "KEY")

key = click.argument("key")
file = click.option("--file", type=click.Path(path_type=Path), help="The outbox, in place of the one in the settings.")


@click.group()
def outbox() -> None:
    """What waits for the server, and what a person has to decide about."""


@outbox.command()
@file
@as_json
@pass_server
def show(server: Server, file: Path | None, as_json: bool) -> None:
    """Show what is in the outbox, in the order in which it was made. Asks no server."""
    from pywats.outbox.async_outbox import document

    entries = _opened(server, file).entries()
    if as_json:
        print_json([document(entry) for entry in entries])
        return
    rows = [
        (
            each.state.value,
            each.made_at,
            f"{each.request.method} {each.request.url}",
            each.attempts,
            each.error,
            each.key,
        )
        for each in entries
    ]
    print_table(_HEADINGS, [[text(value) for value in row] for row in rows])


@outbox.command()
@click.option("--timeout", type=float, metavar="SECONDS", help="Begin no further call after this time.")
@file
@as_json
@pass_server
def flush(server: Server, timeout: float | None, file: Path | None, as_json: bool) -> int:
    """Deliver what waits. Exits with 0 when nothing waits any more."""
    done = _flushed(server, _path(server, file), lambda api: api.outbox.flush(timeout))
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(_sentence(done))
    return FAILED if done.waiting else 0


@outbox.command()
@click.argument("target", type=click.Path(path_type=Path))
@file
@pass_server
def export(server: Server, target: Path, file: Path | None) -> None:
    """Write everything in the outbox into the new file TARGET, one JSON object a line. Asks no server."""
    from pywats.outbox.async_outbox import export

    click.echo(f"Wrote {export(_opened(server, file), target)} entries into {target}.")


@outbox.command()
@key
@click.option("--yes", is_flag=True, help="Do not ask.")
@file
@pass_server
def discard(server: Server, key: str, yes: bool, file: Path | None) -> None:
    """Forget the entry KEY, which is then never delivered. Asks first."""
    opened = _opened(server, file)
    if not yes:
        click.confirm(f"Forget {key}?", abort=True, err=True)
    if not opened.discard(key):
        raise click.ClickException(f"There is no entry {key!r}; `pywats outbox show` lists them.")
    click.echo(f"Forgot {key}.")


@outbox.command()
@key
@file
@pass_server
def retry(server: Server, key: str, file: Path | None) -> None:
    """
    Deliver the refused or uncertain entry KEY as a new call, behind all others.

    Whether the server has carried out an uncertain one is for you to find out first: else it counts twice.
    """

    def again(api: "pyWATS") -> "Flushed":
        if api.outbox.retry(key) is None:
            raise click.ClickException(
                f"No entry {key!r} was refused or is uncertain; `pywats outbox show` lists them."
            )
        return api.outbox.flush()

    click.echo(_sentence(_flushed(server, _path(server, file), again)))


def _opened(server: Server, file: Path | None) -> "OutboxFile":
    from pywats.outbox.file import OutboxFile

    path = _path(server, file)
    if not path.exists():
        raise click.ClickException(f"There is no outbox {str(path)!r}; the first call that has to wait makes it.")
    return OutboxFile(path)


def _path(server: Server, file: Path | None) -> Path:
    from pywats.settings import find_settings

    if file is not None:
        return file
    told = find_settings(server.arguments, os.environ, server.profile).get("outbox")
    if told is None:
        raise click.UsageError("No outbox: name its file by --file or in the environment variable PYWATS_OUTBOX.")
    return Path(told.value).expanduser()


def _flushed(server: Server, path: Path, deliver: "Callable[[pyWATS], Flushed]") -> "Flushed":
    """What has become of the entries, by whichever thread: the client delivers by itself too, once it is made."""
    from pywats.outbox.entries import State
    from pywats.outbox.file import OutboxFile

    file = OutboxFile(path)
    before = {state: file.count(state) for state in State}
    with server.connected(outbox=path) as api:
        done = deliver(api)
    new = {state: file.count(state) - before[state] for state in State}
    return replace(
        done, delivered=-sum(new.values()), refused=max(new[State.REFUSED], 0), uncertain=max(new[State.UNCERTAIN], 0)
    )


def _sentence(done: "Flushed") -> str:
    facts = f"{done.delivered} delivered, {done.refused} refused, {done.uncertain} uncertain, {done.waiting} waiting"
    return f"{facts}: {done.error}" if done.error else f"{facts}."

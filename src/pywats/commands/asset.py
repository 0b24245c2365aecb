"""`asset`: find assets, look at them, and record what was done to them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pywats.commands.asset_type import type_names
from pywats.commands.choosing import STATES, Choice, choosing, type_id
from pywats.commands.printing import as_json, document, print_facts, print_json, print_table
from pywats.commands.server import Server, pass_server
from pywats.commands.texts import ASSET_HEADINGS, LOG_HEADINGS, asset_facts, asset_rows, log_rows, text, tree_rows

if TYPE_CHECKING:
    from pywats.client import pyWATS
    from pywats.domains.asset.models import Asset

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]

Command = TypeVar("Command", bound=Callable[..., Any])

serial_number = click.argument("serial_number")
comment = click.option("--comment", metavar="TEXT", help="Stands in the log.")
yes = click.option("--yes", is_flag=True, help="Do not ask.")


def date(name: str, help: str) -> Callable[[Command], Command]:
    """An option that takes a day or a moment, in local time."""
    return click.option(name, type=click.DateTime(_DATES), metavar="DATE", help=help)


@click.group()
def asset() -> None:
    """Find assets, look at them, and record what was done to them."""


@asset.command("list")
@choosing
@click.option(
    "--orderby",
    metavar="ODATA",
    default="serialNumber",
    show_default=True,
    help='Such as "nextCalibrationDate asc".',
)
@click.option("--top", type=click.IntRange(min=1), default=100, show_default=True, help="How many at most.")
@as_json
@pass_server
def list_(server: Server, choice: Choice, orderby: str, top: int, as_json: bool) -> None:
    """List assets; those that fit all options."""
    with server.connected() as api:
        names = type_names(api)
        found = api.asset.get_assets(choice.condition(names), orderby, top)
    if as_json:
        print_json([document(each) for each in found])
    else:
        print_table(ASSET_HEADINGS, asset_rows(found, names))
    if len(found) == top:
        click.echo(f"These are the first {top}; --top asks for more.", err=True)


@asset.command()
@serial_number
@as_json
@pass_server
def show(server: Server, serial_number: str, as_json: bool) -> None:
    """Show all about one asset, and what the rules make of it now."""
    with server.connected() as api:
        found = _existing(api, serial_number)
        status = api.asset.get_status(serial_number=serial_number)
    if as_json:
        print_json(document(found) | {"status": dict(status or {})})
    else:
        print_facts(asset_facts(found, status))


@asset.command()
@serial_number
@click.option("--type", "type_name", metavar="NAME", required=True, help="Its asset type.")
@click.option("--name", metavar="TEXT", help="What people call it.")
@click.option("--location", metavar="TEXT", help="Where it is.")
@click.option("--part-number", metavar="TEXT", help="Its part number.")
@click.option("--revision", metavar="TEXT", help="Its revision.")
@click.option("--description", metavar="TEXT", help="What else there is to say.")
@click.option("--parent", metavar="SERIAL_NUMBER", help="What it is mounted in.")
@click.option("--state", type=click.Choice(list(STATES)), default="in-operation", show_default=True, help="Its state.")
@as_json
@pass_server
def create(server: Server, /, serial_number: str, type_name: str, state: str, as_json: bool, **told: Any) -> None:
    """Create an asset; one that exists is left as it is."""
    told["asset_name"], told["parent_serial_number"] = told.pop("name"), told.pop("parent")
    with server.connected() as api:
        kind = type_id(type_name, type_names(api))
        stored = api.asset.create_asset(serial_number, kind, state=STATES[state], **told)
    if as_json:
        print_json(document(stored))
    else:
        click.echo(f"Created {stored.serial_number}.")


@asset.command("set-state")
@serial_number
@click.argument("state", type=click.Choice(list(STATES)))
@yes
@as_json
@pass_server
def set_state(server: Server, serial_number: str, state: str, yes: bool, as_json: bool) -> None:
    """Say where an asset is in its working life. A scrapped one raises no alarm any more, so that asks first."""
    if state == "scrapped":
        _ask(yes, f"Scrap {serial_number}?")
    with server.connected() as api:
        done = api.asset.set_asset_state(STATES[state], serial_number=serial_number)
    _tell(serial_number, f"is now {text(STATES[state])}", done, as_json)


@asset.command()
@click.argument("serial_numbers", metavar="SERIAL_NUMBER...", nargs=-1, required=True)
@click.option("--amount", type=click.IntRange(min=0), default=1, show_default=True, help="Uses of each.")
@click.option("--children", is_flag=True, help="Count everything mounted in them too.")
@as_json
@pass_server
def count(server: Server, serial_numbers: tuple[str, ...], amount: int, children: bool, as_json: bool) -> None:
    """Count uses of one or more assets: of all of them, or, when one is not there, of none."""
    with server.connected() as api:
        if len(serial_numbers) == 1:
            done: object = api.asset.increment_count(
                serial_number=serial_numbers[0], amount=amount, increment_children=children
            )
        else:
            told = {"incrementBy": amount, "incrementChildren": children}
            done = api.asset.increment_counts([{"serialNumber": each, **told} for each in serial_numbers])
    if as_json:
        print_json([outcome(each, done) for each in serial_numbers])
    else:
        click.echo(f"Counted {amount} for {', '.join(serial_numbers)}{later(done)}.")


@asset.command()
@serial_number
@date("--date", "When it was done; now unless told.")
@date("--due", "When the next is due, as the certificate says; unless told, after the type's interval.")
@comment
@as_json
@pass_server
def calibrate(server: Server, /, serial_number: str, as_json: bool, **work: Any) -> None:
    """Record a calibration."""
    with server.connected() as api:
        done = _record(api.asset.record_calibration, api.asset.record_calibration_external, serial_number, **work)
    _tell(serial_number, "was calibrated", done, as_json)


@asset.command()
@serial_number
@date("--date", "When it was done; now unless told.")
@date("--due", "When the next is due; unless told, after the type's interval.")
@comment
@as_json
@pass_server
def maintain(server: Server, /, serial_number: str, as_json: bool, **work: Any) -> None:
    """Record a maintenance."""
    with server.connected() as api:
        done = _record(api.asset.record_maintenance, api.asset.record_maintenance_external, serial_number, **work)
    _tell(serial_number, "was maintained", done, as_json)


@asset.command()
@serial_number
@comment
@yes
@as_json
@pass_server
def reset(server: Server, serial_number: str, comment: str | None, yes: bool, as_json: bool) -> None:
    """Set the running count to 0, once whatever wears was replaced. Asks first."""
    _ask(yes, f"Set the running count of {serial_number} to 0?")
    with server.connected() as api:
        done = api.asset.reset_running_count(serial_number=serial_number, comment=comment)
    _tell(serial_number, "counts from 0 again", done, as_json)


@asset.command()
@serial_number
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="How many entries at most.")
@click.option("--message", metavar="TEXT", help="Write this into the log first.")
@as_json
@pass_server
def log(server: Server, serial_number: str, top: int, message: str | None, as_json: bool) -> None:
    """Show what happened to an asset, newest first."""
    from pywats.domains.asset.fields import F

    with server.connected() as api:
        if message is not None:
            api.asset.add_log_message(serial_number=serial_number, message=message)
        entries = api.asset.get_asset_log(F.log.asset_id == _existing(api, serial_number).asset_id, top=top)
    if as_json:
        print_json([document(entry) for entry in entries])
    else:
        print_table(LOG_HEADINGS, log_rows(entries))


@asset.command()
@serial_number
@as_json
@pass_server
def tree(server: Server, serial_number: str, as_json: bool) -> None:
    """Show what is mounted in an asset, and how each part of it is."""
    with server.connected() as api:
        parts = api.asset.get_tree_status(serial_number=serial_number)
    if as_json:
        print_json([dict(part) for part in parts])
    else:
        print_table(("SERIAL NUMBER", "STATUS", "MESSAGE"), tree_rows(parts))


@asset.command()
@serial_number
@click.option("--get", metavar="NAME", help="Write the file NAME into this folder.")
@click.option("--add", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Attach this file.")
@click.option("--delete", metavar="NAME", help="Detach the file NAME; asks first.")
@yes
@as_json
@pass_server
def files(
    server: Server, serial_number: str, get: str | None, add: Path | None, delete: str | None, yes: bool, as_json: bool
) -> None:
    """List the files of an asset, after adding, fetching or deleting one."""
    if delete is not None:
        _ask(yes, f"Delete {delete} of {serial_number}?")
    with server.connected() as api:
        if add is not None:
            api.asset.upload_file(serial_number=serial_number, filename=add.name, content=add.read_bytes())
        if get is not None:
            _fetch(api, serial_number, get)
        if delete is not None:
            api.asset.delete_files(serial_number=serial_number, filenames=[delete])
        names = api.asset.list_files(serial_number=serial_number)
    if as_json:
        print_json(names)
    else:
        print_table(("FILE",), [[name] for name in names])


def _existing(api: "pyWATS", serial_number: str) -> "Asset":
    found = api.asset.get_asset(serial_number=serial_number)
    if found is None:
        raise click.ClickException(f"There is no asset {serial_number!r}; `pywats asset list --containing` finds some.")
    return found


def _record(
    plain: Callable[..., object],
    external: Callable[..., object],
    serial_number: str,
    *,
    date: datetime | None,
    due: datetime | None,
    comment: str | None,
) -> object:
    if due is None:
        return plain(serial_number=serial_number, date_time=date, comment=comment)
    return external(serial_number=serial_number, from_date=date, to_date=due, comment=comment)


def _fetch(api: "pyWATS", serial_number: str, name: str) -> None:
    content = api.asset.download_file(serial_number=serial_number, filename=name)
    if content is None:
        raise click.ClickException(
            f"{serial_number} has no file {name!r}; `pywats asset files {serial_number}` lists them."
        )
    with Path(name).open("xb") as file:
        file.write(content)


def _ask(yes: bool, question: str) -> None:
    if not yes:
        click.confirm(question, abort=True, err=True)


def _tell(serial_number: str, sentence: str, done: object, as_json: bool) -> None:
    if as_json:
        print_json(outcome(serial_number, done))
    else:
        click.echo(f"{serial_number} {sentence}{later(done)}.")


def outcome(serial_number: str, done: object) -> dict[str, Any]:
    """What a program learns of a change: whether it was done, or waits in the outbox."""
    return {"serialNumber": serial_number, "queued": _is_queued(done)}


def later(done: object) -> str:
    """The end of a sentence that tells of a change which waits in the outbox."""
    return " - kept in the outbox until the server can be reached" if _is_queued(done) else ""


def _is_queued(done: object) -> bool:
    return not (done is True or isinstance(done, list))

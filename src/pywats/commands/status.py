"""`status`: whether equipment may be used, as an exit code."""

from typing import TYPE_CHECKING

import click

from pywats.commands.failures import FAILED
from pywats.commands.printing import as_json, print_json, print_table
from pywats.commands.server import Server, pass_server
from pywats.commands.texts import text

if TYPE_CHECKING:
    from pywats.client import pyWATS
    from pywats.domains.asset.models import AssetStatus

NO_ASSET = "There is no such asset."


@click.command()
@click.argument("serial_numbers", metavar="SERIAL_NUMBER...", nargs=-1, required=True)
@click.option("--children", is_flag=True, help="And everything that is mounted in them.")
@click.option("--language", metavar="CODE", help="Language of the messages, such as de or nb-NO.")
@as_json
@pass_server
def status(server: Server, serial_numbers: tuple[str, ...], children: bool, language: str | None, as_json: bool) -> int:
    """
    Tell what the rules make of equipment now.

    The exit code is that of the worst: 0 all is well, 1 warning, 2 alarm, 3 when an asset is not there or the server
    cannot be asked.
    """
    with server.connected() as api:
        found = [row for serial in serial_numbers for row in _statuses(api, serial, children, language)]
    if as_json:
        print_json([{**(judged or {}), "serialNumber": serial} for serial, judged in found])
    else:
        print_table(("SERIAL NUMBER", "STATUS", "MESSAGE"), [_row(serial, judged) for serial, judged in found])
    return max(exit_code(judged) for _, judged in found)


def exit_code(judged: "AssetStatus | None") -> int:
    """What a script learns of one asset."""
    return FAILED if judged is None else int(judged.alarm_state)


def _statuses(
    api: "pyWATS", serial: str, children: bool, language: str | None
) -> "list[tuple[str, AssetStatus | None]]":
    if not children:
        return [(serial, api.asset.get_status(serial_number=serial, culture_code=language))]
    from pywats.errors import NotFoundError

    try:
        tree = api.asset.get_tree_status(serial_number=serial, culture_code=language)
    except NotFoundError:
        return [(serial, None)]
    return [(each.serial_number or "", each) for each in tree]


def _row(serial: str, judged: "AssetStatus | None") -> list[str]:
    if judged is None:
        return [serial, "unknown", NO_ASSET]
    return [serial, text(judged.alarm_state), judged.message]

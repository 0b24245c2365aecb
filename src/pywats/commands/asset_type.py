"""`type`: asset types, with their limits and intervals."""

from typing import TYPE_CHECKING, Any

import click

from pywats.commands.printing import as_json, document, print_json, print_table
from pywats.commands.server import Server, pass_server
from pywats.commands.texts import text

if TYPE_CHECKING:
    from pywats.client import pyWATS

_HEADINGS = ("NAME", "CALIBRATION DAYS", "MAINTENANCE DAYS", "COUNT LIMIT", "TOTAL LIMIT", "WARNING %", "ALARM %")


@click.group("type")
def type_() -> None:
    """Asset types, with their limits and intervals."""


@type_.command("list")
@as_json
@pass_server
def list_(server: Server, as_json: bool) -> None:
    """List all asset types."""
    with server.connected() as api:
        found = api.asset.get_asset_types()
    if as_json:
        print_json([document(each) for each in found])
    else:
        print_table(_HEADINGS, [[text(value) for value in _row(each)] for each in found])


@type_.command()
@click.argument("name")
@click.option("--calibration-interval", type=float, metavar="DAYS", help="-1 never falls due, -2 is dated externally.")
@click.option("--maintenance-interval", type=float, metavar="DAYS", help="The same, for maintenance.")
@click.option("--running-count-limit", type=int, metavar="USES", help="Uses between two maintenances.")
@click.option("--total-count-limit", type=int, metavar="USES", help="Uses over an asset's life.")
@click.option("--warning-threshold", type=float, metavar="PERCENT", help="Where warnings begin.")
@click.option("--alarm-threshold", type=float, metavar="PERCENT", help="Where alarms begin; 100 unless told.")
@click.option("--update", is_flag=True, help="Change the type of this name, if there is one.")
@as_json
@pass_server
def create(server: Server, /, name: str, update: bool, as_json: bool, **limits: Any) -> None:
    """Make the asset type NAME."""
    with server.connected() as api:
        if not update and name in type_names(api).values():
            raise click.UsageError(f"There is an asset type {name!r} already; --update changes it.")
        stored = api.asset.create_asset_type(name, **limits)
    if as_json:
        print_json(document(stored))
    else:
        print_table(_HEADINGS, [[text(value) for value in _row(stored)]])


def type_names(api: "pyWATS") -> dict[str, str]:
    """The names of all asset types by their ids."""
    return {str(each.type_id): each.type_name for each in api.asset.get_asset_types()}


def _row(each: Any) -> tuple[Any, ...]:
    return (
        each.type_name,
        each.calibration_interval,
        each.maintenance_interval,
        each.running_count_limit,
        each.total_count_limit,
        each.warning_threshold,
        each.alarm_threshold,
    )

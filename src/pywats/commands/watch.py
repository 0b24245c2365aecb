"""`watch`: what needs attention, again and again."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pywats.commands.asset_type import type_names
from pywats.commands.choosing import ALARM_STATES, Choice, choosing
from pywats.commands.failures import explained
from pywats.commands.printing import as_json, document, print_json, print_table
from pywats.commands.server import Server, pass_server
from pywats.commands.texts import ASSET_HEADINGS, asset_rows

if TYPE_CHECKING:
    from pywats.client import pyWATS
    from pywats.domains.asset.models import Asset


@click.command()
@choosing
@click.option("--interval", type=click.FloatRange(min=1), default=10, show_default=True, help="Seconds between looks.")
@click.option("--once", is_flag=True, help="Look once, and exit with 2 for an alarm, 1 for a warning, else 0.")
@as_json
@pass_server
def watch(server: Server, choice: Choice, interval: float, once: bool, as_json: bool) -> int:
    """
    Show what is in alarm or in warning, until Ctrl-C.

    While the server cannot be reached, this says so and goes on.
    """
    with server.connected() as api:

        def look() -> int:
            return _shown(*_in_need(api, choice), as_json=as_json)

        return look() if once else _until_stopped(look, lambda: pause(interval))


def pause(seconds: float) -> None:
    """Do nothing for a while."""
    time.sleep(seconds)


def _until_stopped(look: Callable[[], int], wait: Callable[[], None]) -> int:
    try:
        while True:
            if sys.stdout.isatty():
                click.clear()
            _look_or_tell(look)
            wait()
    except KeyboardInterrupt:
        return 0


def _look_or_tell(look: Callable[[], int]) -> None:
    try:
        look()
    except Exception as error:
        if (told := explained(error)) is None:
            raise
        click.echo(f"{_now():%H:%M:%S} {told}", err=True)


def _in_need(api: "pyWATS", choice: Choice) -> "tuple[list[Asset], dict[str, str]]":
    names = type_names(api)
    needs = (ALARM_STATES["alarm"], ALARM_STATES["warning"])
    conditions = [replace(choice, alarm=need.name.lower()).condition(names) for need in needs]
    return [asset for condition in conditions for asset in api.asset.get_assets(condition)], names


def _shown(assets: "list[Asset]", names: dict[str, str], *, as_json: bool) -> int:
    if as_json:
        print_json([document(asset) for asset in assets])
    else:
        click.echo(f"{_now():%Y-%m-%d %H:%M:%S}: {len(assets)} need attention.")
        if assets:
            print_table(ASSET_HEADINGS, asset_rows(assets, names))
    return max((int(asset.alarm_state or 0) for asset in assets), default=0)


def _now() -> datetime:
    return datetime.now()  # noqa: DTZ005 - people read it

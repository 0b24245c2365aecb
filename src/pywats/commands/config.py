"""`config`: which settings hold, and where each of them was told."""

import os
from typing import Any

import click

from pywats.commands.printing import as_json, print_json, print_table
from pywats.commands.server import Server, pass_server
from pywats.commands.texts import text


@click.group()
def config() -> None:
    """Settings, and where they come from."""


@config.command()
@as_json
@pass_server
def show(server: Server, as_json: bool) -> None:
    """Show every setting and where it was told; secrets only as told or not. Asks no server."""
    facts = _settings(server)
    if as_json:
        print_json({name: {"value": value, "from": origin} for name, value, origin in facts})
    else:
        print_table(("SETTING", "VALUE", "FROM"), [[name, text(value), origin] for name, value, origin in facts])


@config.command()
@pass_server
def check(server: Server) -> None:
    """Ask the server for its version, and whether it knows the token."""
    with server.connected() as api:
        version = api.version()
        api.asset.get_assets(top=1)
    click.echo(f"The server answers, in version {version}, and knows the token.")


def _settings(server: Server) -> list[tuple[str, Any, str]]:
    """Name, value and origin of each setting, as it may be shown."""
    from pywats.settings import SETTINGS, find_settings

    told = find_settings(server.arguments, os.environ, server.profile)
    facts = []
    for known in SETTINGS:
        found = told.get(known.name)
        value = known.default if found is None else "***" if known.secret else found.value
        facts.append((known.name, _plain(value), "" if found is None else found.origin))
    return [*facts, *_surroundings()]


def _surroundings() -> list[tuple[str, Any, str]]:
    from pywats.settings_file import settings_path

    path = settings_path(os.environ)
    return [("settings file", str(path or ""), "" if path and path.is_file() else "not there")]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)

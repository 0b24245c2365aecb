"""`config`: which settings hold, and where each of them was told."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from pywats.commands.printing import as_json, print_json, print_table
from pywats.commands.server import Server, pass_server
from pywats.commands.texts import text

if TYPE_CHECKING:
    from pywats.settings import Found


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
    return [*facts, *_surroundings(told.get("base_url"))]


def _surroundings(base_url: "Found | None") -> Iterator[tuple[str, Any, str]]:
    from pywats.config import normal_base_url
    from pywats.http.proxies import proxy_for, without_password
    from pywats.settings_file import settings_path

    proxy = base_url and proxy_for(normal_base_url(base_url.value))
    yield "proxy", proxy and without_password(proxy), "environment" if proxy else ""
    path = settings_path(os.environ)
    yield "settings file", str(path or ""), "" if path and path.is_file() else "not there"


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)

"""`serve`: the real server."""

import asyncio
import sys

import typer

from pywats_server.commands import options
from pywats_server.commands.opening import backend, prepare, read_settings
from pywats_server.commands.running import address, listen, run_server
from pywats_server.services import tokens, users
from pywats_server.services.backend import Backend
from pywats_server.services.passwords import generated_password, hashed
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.settings import Settings
from pywats_server.store.opening import masked

_FIRST = "admin"


def serve(
    data: options.Data = None,
    database: options.DatabaseAddress = None,
    host: options.Host = None,
    port: options.Port = None,
    workers: options.Workers = None,
    log_level: options.LogLevel = None,
    log_format: options.LogFormat = None,
    max_body_bytes: options.MaxBodyBytes = None,
    query_seconds: options.QuerySeconds = None,
) -> None:
    """
    Serve the asset API until Ctrl-C.

    A database that does not exist yet is made. One with an older or newer schema is refused, and what to do is printed.

    The first start on a terminal makes the user `admin` and prints a password, which has to be changed at once.
    """
    given = {name: value for name, value in locals().items() if value is not None}
    settings = read_settings(lambda: options.settings(**given))
    prepare(settings)
    listener = listen(settings)
    _greet(settings, address(listener))
    run_server(settings, listener)


def _greet(settings: Settings, url: str) -> None:
    typer.echo(f"Serving {masked(settings.database_url)} on {url}", err=True)
    where = f"--database {masked(settings.database)}" if settings.database else f"--data {settings.data}"
    for line in asyncio.run(_advice(settings, where, url)):
        typer.echo(line, err=True)


async def _advice(settings: Settings, where: str, url: str) -> list[str]:
    """Return how to get in, where nobody can yet."""
    async with backend(settings) as opened:
        is_known = await opened.read(LOCAL_ADMINISTRATOR, users.list_users)
        lines = [] if is_known else [*await _first_user(opened, where), f"Then sign in with a browser: {url}/sign-in"]
        if not await opened.read(LOCAL_ADMINISTRATOR, tokens.list_tokens):
            lines += [
                "There is no token yet. Make one with:",
                f"  pywats-server token create NAME --role administrator {where}",
            ]
        return lines


async def _first_user(opened: Backend, where: str) -> list[str]:
    # What is no terminal is often kept: a password must not stand in a log.
    if not sys.stderr.isatty():
        return [
            "There is no user yet. Make one with:",
            f"  pywats-server user add NAME --role administrator --generate {where}",
        ]
    password = generated_password()
    stored = await hashed(password, _FIRST)
    if not await opened.write(LOCAL_ADMINISTRATOR, users.add_first_administrator, _FIRST, stored):
        return ["Another server has just made the first user, and shows the password."]
    return [f"Made the user {_FIRST}. The password, which is shown only now and has to be changed: {password}"]

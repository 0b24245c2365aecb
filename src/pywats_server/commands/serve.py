"""`serve`: the real server."""

import asyncio

import typer

from pywats_server.commands import options
from pywats_server.commands.opening import backend, prepare, read_settings
from pywats_server.commands.running import address, listen, run_server
from pywats_server.services import tokens
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.settings import Settings
from pywats_server.store.opening import masked


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
    if not asyncio.run(_has_tokens(settings)):
        typer.echo("There is no token yet. Make one with:", err=True)
        typer.echo(f"  pywats-server token create NAME --role administrator {where}", err=True)


async def _has_tokens(settings: Settings) -> bool:
    async with backend(settings) as opened:
        return bool(await opened.read(LOCAL_ADMINISTRATOR, tokens.list_tokens))

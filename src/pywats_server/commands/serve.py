"""`serve`: the real server, and how the demo runs it."""

import asyncio
import os

import typer

from pywats_server.commands import options
from pywats_server.commands.opening import backend, prepare, read_settings
from pywats_server.logs import configure_logs
from pywats_server.services import tokens
from pywats_server.services.session import LOCAL_ADMINISTRATOR
from pywats_server.settings import Settings, variable


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
    _greet(settings)
    run_server(settings)


def run_server(settings: Settings) -> None:
    """Run the server in this process, or in as many as the settings say, until it is told to end."""
    # Imported where it is needed: the other commands should not wait for it.
    import uvicorn

    from pywats_server.app import create_app

    configure_logs(settings)
    if settings.workers == 1:
        uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)
        return
    for name, value in settings.model_dump(mode="json", exclude_none=True).items():
        os.environ[variable(name)] = str(value)
    uvicorn.run(
        "pywats_server.app:create_worker_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
    )


def _greet(settings: Settings) -> None:
    typer.echo(f"Serving {settings.database_url} on http://{settings.host}:{settings.port}", err=True)
    where = f"--database {settings.database}" if settings.database else f"--data {settings.data}"
    if not asyncio.run(_has_tokens(settings)):
        typer.echo("There is no token yet. Make one with:", err=True)
        typer.echo(f"  pywats-server token create NAME --role administrator {where}", err=True)


async def _has_tokens(settings: Settings) -> bool:
    async with backend(settings) as opened:
        return bool(await opened.read(LOCAL_ADMINISTRATOR, tokens.list_tokens))

"""`demo`: a server with a factory in it, in one command."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from pywats_server.clock import system_clock
from pywats_server.commands import options
from pywats_server.commands.opening import backend, fail, look, prepare, read_settings
from pywats_server.commands.running import address, listen, run_server
from pywats_server.services import tokens
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings
from pywats_server.store.schema import SchemaState

_SNIPPET = """\
from pywats import pyWATS
api = pyWATS(base_url="{url}", token="{token}")
print([asset.serial_number for asset in api.asset.get_assets_in_alarm()])"""


def demo(data: options.Data = None, host: options.Host = None, port: options.Port = None) -> None:
    """
    Serve a factory of about 300 assets with three years behind them, to try things out.

    The data folder is a temporary one, removed at the end, unless --data names one, which must then be new.
    """
    folder = data or Path(tempfile.mkdtemp(prefix="pywats-demo-"))
    try:
        settings = read_settings(
            lambda: options.settings(data=folder, host=host, port=port, log_level="warning", workers=1)
        )
        if look(settings) is not SchemaState.EMPTY:
            raise fail(f"There is a database in {folder} already. Serve it with: pywats-server serve --data {folder}")
        listener = listen(settings)
        prepare(settings)
        _introduce(address(listener), asyncio.run(_furnish(settings)))
        run_server(settings, listener)
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


async def _furnish(settings: Settings) -> str:
    """Fill the database with the demo factory and return an administrator's token."""
    # Imported where it is needed: the other commands should not wait for it.
    from pywats_server.demo.factory import fill

    async with backend(settings) as opened:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Building a factory", total=None)
            await fill(opened, system_clock(), lambda done, total: progress.update(task, completed=done, total=total))
        return await opened.write(LOCAL_ADMINISTRATOR, tokens.create_token, "demo", Role.ADMINISTRATOR)


def _introduce(url: str, token: str) -> None:
    # What stands behind the # stays in the browser: no log and no other page has it.
    typer.echo(f"Open this in a browser, it signs you in: {url}/sign-in#token={token}\n")
    typer.echo(f"URL: {url}")
    typer.echo(f"Token: {token}")
    typer.echo("\nOr try this in another Python:\n")
    typer.echo(_SNIPPET.format(url=url, token=token))
    typer.echo(f"\nThe API is described on {url}/docs. Ctrl-C ends the demo.")

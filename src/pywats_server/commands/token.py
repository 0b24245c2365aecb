"""`token`: make, list and revoke tokens."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pywats_server.commands import options
from pywats_server.commands.opening import read_settings, run
from pywats_server.services import tokens
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke tokens.")

Name = Annotated[str, typer.Argument(help="Who or what uses the token; the log names it.", show_default=False)]


def _settings(data: options.Data, database: options.DatabaseAddress) -> Settings:
    return read_settings(lambda: options.settings(data=data, database=database))


@app.command()
def create(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the token may do.", show_default=False)],
    data: options.Data = None,
    database: options.DatabaseAddress = None,
) -> None:
    """Make a token and print only that. It cannot be shown again."""
    typer.echo(
        run(
            _settings(data, database),
            lambda backend: backend.write(LOCAL_ADMINISTRATOR, tokens.create_token, name, role),
        )
    )


@app.command("list")
def list_(data: options.Data = None, database: options.DatabaseAddress = None) -> None:
    """List tokens with their roles; never their secrets."""
    stored = run(_settings(data, database), lambda backend: backend.read(LOCAL_ADMINISTRATOR, tokens.list_tokens))
    table = Table("Name", "Role", "Created (UTC)", "Revoked (UTC)", box=None)
    for token in stored:
        table.add_row(token.name, token.role, token.created_at, token.revoked_at or "")
    Console(highlight=False).print(table)


@app.command()
def revoke(name: Name, data: options.Data = None, database: options.DatabaseAddress = None) -> None:
    """Make a token worthless. Servers that are running refuse it within a second."""
    run(_settings(data, database), lambda backend: backend.write(LOCAL_ADMINISTRATOR, tokens.revoke_token, name))
    typer.echo(f"Revoked {name}.")

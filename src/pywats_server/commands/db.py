"""`db`: the schema of the database, and the database as a whole."""

import typer

from pywats_server.commands import backup, check, options
from pywats_server.commands.opening import fail, look, read_settings
from pywats_server.store import schema
from pywats_server.store.opening import masked
from pywats_server.store.schema import SchemaState

app = typer.Typer(no_args_is_help=True, help="Look after the database.")
app.command()(check.check)
app.command()(backup.copy)


@app.command()
def upgrade(data: options.Data = None, database: options.DatabaseAddress = None) -> None:
    """Bring the schema up to this version. Stop the server and make a copy of the database first."""
    settings = read_settings(lambda: options.settings(data=data, database=database))
    shown = masked(settings.database_url)
    state = look(settings)
    if state in {SchemaState.NEWER, SchemaState.FOREIGN}:
        raise fail(f"{shown} is {state.value}, not older, than this version's schema. Nothing was changed.")
    schema.upgrade(settings.database_url)
    typer.echo(f"{shown} is up to date.")

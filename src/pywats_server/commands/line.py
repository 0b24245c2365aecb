"""The command line: every command by its name."""

import typer

from pywats_server.commands import backup, db, demo, exchange, serve, token, user
from pywats_server.settings import PREFIX

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    # What is no setting has a variable too, named after its command: PYWATS_SERVER_TOKEN_CREATE_ROLE.
    context_settings={"auto_envvar_prefix": PREFIX.rstrip("_")},
    help="An asset manager for test equipment that speaks the WATS asset API.",
)
app.command()(demo.demo)
app.command()(serve.serve)
app.command()(backup.backup)
app.command()(backup.restore)
app.command("import")(exchange.import_list)
app.command("export")(exchange.export_list)
app.add_typer(token.app, name="token")
app.add_typer(user.app, name="user")
app.add_typer(db.app, name="db")

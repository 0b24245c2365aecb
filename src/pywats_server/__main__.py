"""`pywats-server`, also as `python -m pywats_server`."""

import typer

from pywats_server.commands import db, demo, serve, token

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="An asset manager for test equipment that speaks the WATS asset API.",
)
app.command()(demo.demo)
app.command()(serve.serve)
app.add_typer(token.app, name="token")
app.add_typer(db.app, name="db")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()

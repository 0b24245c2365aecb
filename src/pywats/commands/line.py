"""The command line: every command by its name, and what all of them have in common."""

import sys
from typing import Any, NoReturn

import click

from pywats.commands import asset, asset_type, completion, config, outbox, status, watch
from pywats.commands.failures import FAILED, explained
from pywats.commands.server import Server
from pywats.version import __version__


class CommandLine(click.Group):
    """
    A group of commands whose failures all end with one exit code.

    click ends with 1 and 2, which are what `status` says of equipment.
    """

    def main(self, *args: Any, **more: Any) -> NoReturn:
        """Run one command and leave the program."""
        try:
            code = super().main(*args, **(more | {"standalone_mode": False}))
        except click.ClickException as error:
            error.show()
            code = FAILED
        except click.Abort:
            click.echo("Stopped.", err=True)
            code = FAILED
        except Exception as error:
            if (told := explained(error)) is None:
                raise
            click.echo(f"Error: {told}", err=True)
            code = FAILED
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
@click.option("--base-url", metavar="URL", help="Address of the server, in place of the one in the settings.")
@click.option("--profile", metavar="NAME", help="The table of the settings file that holds.")
@click.pass_context
def app(context: click.Context, base_url: str | None, profile: str | None) -> None:
    """
    Assets on a server that speaks the WATS asset API.

    The address and the token of the server come from the environment, PYWATS_BASE_URL and PYWATS_TOKEN, or from the
    settings file: `pywats config show` tells.
    """
    context.obj = Server(base_url, profile)


app.add_command(asset.asset)
app.add_command(asset_type.type_)
app.add_command(status.status)
app.add_command(watch.watch)
app.add_command(outbox.outbox)
app.add_command(config.config)
app.add_command(completion.completion)

"""`completion`: the lines that teach a shell to complete commands."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """
    Print what teaches a shell to complete `pywats`.

    For bash, put `eval "$(pywats completion bash)"` into ~/.bashrc.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "pywats", "_PYWATS_COMPLETE").source())

"""The part of the page about commands that is about those of `pywats`."""

from collections.abc import Iterator

import click

from pywats.commands.line import app
from reference.markdown import table

_OPENING = """\
# The command line of the client

`pywats` is also `python -m pywats`. Every command tells the same with `--help`. It exits with 0 when it could do what
it was told and with 3 when not; 1 and 2 are warning and alarm, of `pywats status` and `pywats watch --once` alone. What
it has to say about a failure goes to the standard error output. [The guide](../guides/command-line.md) starts with
tasks.
"""


def part() -> str:
    """Return this part of the page."""
    everywhere = table(("option", "what it says"), map(_option, _shown_options(app)))
    opening = f"{_OPENING}\nBefore the name of a command:\n\n{everywhere}"
    return "\n".join((opening, *(_described(path, command) for path, command in leaves())))


def leaves() -> Iterator[tuple[str, click.Command]]:
    """Return every command that does something, with the words that call it."""
    yield from _leaves("pywats", app)


def _leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, inner in sorted(command.commands.items()):
        yield from _leaves(f"{path} {name}", inner)


def _described(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    said = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    rows = [_option(option) for option in _shown_options(command)]
    options = table(("option", "what it says"), rows) if rows else ""
    return f"## {path}\n\n```text\n{usage}\n```\n\n{said}\n\n{options}"


def _shown_options(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option)]


def _option(option: click.Option) -> tuple[str, str]:
    value = "" if option.is_flag else f" {option.metavar or _kind(option)}"
    default = f" By default `{option.default}`." if option.show_default else ""
    required = " Required." if option.required else ""
    values = ", ".join(f"`{each}`" for each in option.type.choices) if isinstance(option.type, click.Choice) else ""
    return f"`{option.opts[0]}{value}`", f"{option.help}{f' One of {values}.' if values else ''}{default}{required}"


def _kind(option: click.Option) -> str:
    return "NAME" if isinstance(option.type, click.Choice) else option.type.name.upper().replace(" RANGE", "")

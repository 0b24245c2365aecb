"""The page about the commands of `pywats`, and of `pywats-server`."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer.main
from typer.core import TyperCommand, TyperGroup

from pywats_server.commands.line import app
from pywats_server.settings import PREFIX
from reference import client_commands
from reference.markdown import table

_OPENING = """\
# The command line of the server

`pywats-server` is also `python -m pywats_server`. Every command tells the same with `--help`.
Every option can be given in the environment instead; an option on the command line wins. The variable of an option
that stands for a [setting](settings.md) is that of the setting, the same for all commands.
"""


def page() -> str:
    """Return the page."""
    return "\n".join((client_commands.part(), _OPENING, *(_described(path, command) for path, command in leaves())))


def leaves() -> Iterator[tuple[str, TyperCommand]]:
    """Return every command that does something, with the words that call it."""
    yield from _leaves("pywats-server", typer.main.get_command(app))


def _leaves(path: str, command: object) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperCommand):
        yield path, command
    elif isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _leaves(f"{path} {name}", inner)


def _described(path: str, command: TyperCommand) -> str:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    usage = " ".join([path, *(_placeholder(argument) for argument in arguments)])
    rows = [*map(_argument, arguments), *(_option(path, option) for option in options)]
    parts = [f"## {path}\n", f"```text\n{usage}{' [OPTIONS]' if options else ''}\n```\n", _help(command)]
    return "\n".join(
        [*parts, *([table(("argument or option", "what it says", "environment variable"), rows)] if rows else [])]
    )


def _placeholder(argument: Any) -> str:
    name = argument.name.upper()
    return name if argument.required else f"[{name}]"


def _help(command: TyperCommand) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n")) + "\n"


def _argument(argument: Any) -> tuple[str, str, str]:
    return f"`{argument.name.upper()}`", argument.help or "", ""


def _option(path: str, option: Any) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    required = " Required." if option.required else ""
    kind = option.type_descriptor.annotation
    choices = kind if isinstance(kind, type) and issubclass(kind, Enum) else ()
    values = ", ".join(f"`{choice.value}`" for choice in choices)
    said = (option.help or "") + (f" One of {values}." if values else "") + required
    return names, said, f"`{variable_of(path, option)}`"


def variable_of(path: str, option: Any) -> str:
    """Return the environment variable of an option: its setting's, or one named after the command and the option."""
    if option.envvar:
        return str(option.envvar)
    _, *words = path.split()
    return PREFIX + "_".join([*words, option.name]).replace("-", "_").upper()

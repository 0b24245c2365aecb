"""The page about the settings of the server and of the client."""

from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo

from pywats.settings import SETTINGS
from pywats.settings_file import CONFIG_VARIABLE, PROFILE_VARIABLE
from pywats_server.settings import Settings, variable
from reference.markdown import table

_OPENING = """\
# Settings

## The server

An option of a command wins over the environment, which wins over the default. No setting has to be given.
"""
_CLIENT = """\
## The client

`pyWATS` and `AsyncWATS` take their settings as [arguments](client.md#pywats), else from the environment, else from the
[settings file](../guides/settings.md).
"""
_PROFILE = ("`profile`", f"`{PROFILE_VARIABLE}`", "", "The table of the settings file that holds.")


def page() -> str:
    """Return the page."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    server = table(("option", "in the environment", "default", "what it says"), rows)
    told = [(f"`{each.name}`", f"`{each.variable}`", _default(each.default), each.help) for each in SETTINGS]
    places = [("", f"`{CONFIG_VARIABLE}`", "", "The settings file; an empty text means none."), _PROFILE]
    client = table(("argument, or key in the file", "in the environment", "default", "what it says"), told + places)
    return "\n".join((_OPENING, server, _CLIENT, client))


def _row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    return f"`--{name.replace('_', '-')}`", f"`{variable(name)}`", _default(field.default), field.description or ""


def _default(value: Any) -> str:
    if value is None or not isinstance(value, str | int | float):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"

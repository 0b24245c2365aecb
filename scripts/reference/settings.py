"""The page about the settings of the server and the environment of the client."""

from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo

from pywats.config import BASE_URL_VARIABLE, TOKEN_VARIABLE
from pywats_server.settings import Settings, variable
from reference.markdown import table

_OPENING = """\
# Settings

## The server

An option of a command wins over the environment, which wins over the default. No setting has to be given.
"""
_CLIENT = f"""\
## The client

`pyWATS` and `AsyncWATS` take their settings as [arguments](client.md#pywats). Two may stand in the environment instead:
`{BASE_URL_VARIABLE}`, the address of the server, and `{TOKEN_VARIABLE}`, the token.
"""


def page() -> str:
    """Return the page."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    return "\n".join((_OPENING, table(("option", "in the environment", "default", "what it says"), rows), _CLIENT))


def _row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    return f"`--{name.replace('_', '-')}`", f"`{variable(name)}`", _default(field.default), field.description or ""


def _default(value: Any) -> str:
    if value is None or not isinstance(value, str | int | float):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"

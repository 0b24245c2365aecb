"""How an OData text is refused: with a sentence for a technician, the token and where it stands."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Protocol

from pywats_server.errors import InvalidQuery

FILTER = "$filter"
ORDERBY = "$orderby"
SELECT = "$select"

_SHOWN = 80


class Placed(Protocol):
    """A piece of a filter: its text and where it stands."""

    @property
    def token(self) -> str: ...

    @property
    def position(self) -> int: ...


def refuse(option: str, message: str, token: str, position: int) -> InvalidQuery:
    """
    The error for the *token* at *position* (from 0) of the query *option*, ready to be raised.

    Long tokens are cut, and what cannot be sent as UTF-8 is escaped, so that the error can always be shown.
    """
    text = f"{option}: {message} (position {position})"
    return InvalidQuery(_sendable(text), option=option, token=shown(token), position=position)


def refused(place: Placed, message: str) -> InvalidQuery:
    """The error for *place* of a `$filter`, ready to be raised."""
    return refuse(FILTER, message, place.token, place.position)


def shown(token: str) -> str:
    """The *token* as it may stand in a message: not too long, and always encodable."""
    return _sendable(token if len(token) <= _SHOWN else token[: _SHOWN - 3] + "...")


def suggestion(name: str, accepted: Iterable[str]) -> str:
    """A sentence that names what would be accepted in place of the unknown *name*, the likeliest first."""
    names = sorted(accepted, key=str.lower)
    if len(name) <= _SHOWN:
        spelling = {known.lower(): known for known in names}
        for match in get_close_matches(name.lower(), spelling, n=1):
            return f"Did you mean {spelling[match]}? Accepted are {', '.join(names)}."
    return f"Accepted are {', '.join(names)}."


def _sendable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")

"""The page about errors: what the server answers, and what the client raises."""

import inspect
import itertools
from collections.abc import Iterator

from pywats import errors as client
from pywats_server import errors as server
from pywats_server.api.problems import Problem, status_of
from reference.markdown import documented, table

_OPENING = """\
# Errors

What to do about them is told in [the guide](../guides/errors.md).

## What the client raises

All are in `pywats.errors`, and those that programs catch also in `pywats`. Each has the attributes below.
Wrong arguments raise Python's own `ValueError` before anything is sent.
"""
_CLOSING = """\
An address or method that the server does not have is answered with 404 or 405 in the same form, and a mistake of the
server itself with 500 and the code `internal_error`: never with a stack trace.
"""


def page() -> str:
    """Return the page."""
    return "\n".join((_OPENING, *_client(), *_server()))


def _client() -> Iterator[str]:
    yield documented(client.PyWATSError)
    yield table(("class", "status", "when"), map(_client_row, client_classes()))


def client_classes() -> list[type[Exception]]:
    """Return every error class of the client."""
    return [cls for _, cls in inspect.getmembers(client, inspect.isclass) if issubclass(cls, client.PyWATSError)]


def _client_row(cls: type[Exception]) -> tuple[str, str, str]:
    statuses = [status for status in range(300, 600) if client.error_class(status) is cls]
    return f"`{cls.__name__}`", _ranges(statuses), (inspect.getdoc(cls) or "").partition("\n")[0]


def _ranges(statuses: list[int]) -> str:
    """Return numbers with long runs shortened: `401`, `500 to 599`."""
    runs = itertools.groupby(enumerate(statuses), lambda pair: pair[1] - pair[0])
    texts = []
    for _, run in runs:
        numbers = [number for _, number in run]
        texts.append(f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 2 else ", ".join(map(str, numbers)))
    return ", ".join(texts) if len(texts) < 6 else "any other"


def _server() -> Iterator[str]:
    yield "## What the server answers\n"
    yield documented(Problem)
    yield table(("status", "`code`", "when"), map(_server_row, server_classes()))
    yield _CLOSING


def server_classes() -> list[type[server.DomainError]]:
    """Return every error class of the server that a caller can meet, by status."""
    members = (cls for _, cls in inspect.getmembers(server, inspect.isclass) if issubclass(cls, server.DomainError))
    return sorted((cls for cls in members if cls is not server.DomainError), key=lambda cls: status_of(cls("")))


def _server_row(cls: type[server.DomainError]) -> tuple[str, str, str]:
    return str(int(status_of(cls("")))), f"`{cls.code}`", inspect.getdoc(cls) or ""

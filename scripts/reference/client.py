"""The page about the client: its classes, every method, models and enums."""

import inspect
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, get_type_hints

import pywats
from pywats.client import Client
from pywats.domains import asset as domain
from pywats.shared.model import WireModel
from reference.markdown import documented, signature, table, type_name

_OPENING = """\
# The client

Everything here is imported from `pywats`, unless it says otherwise. How things fit together is told in
[getting started](../getting-started.md) and the [guides](../index.md); errors have [a page of their own](errors.md).

Each method of `api.asset` is a coroutine in `AsyncWATS`. In `pyWATS` it blocks and returns its result; inside a running
event loop it returns an awaitable with the same result.
"""
_CLIENTS = (pywats.pyWATS, pywats.AsyncWATS, pywats.RetryConfig)


def page() -> str:
    """Return the page."""
    return "\n".join((_OPENING, *_clients(), *_service(), *_models(), *_enums()))


def _code(text: str) -> str:
    return f"```py\n{text}\n```\n"


def _clients() -> Iterator[str]:
    for cls in _CLIENTS:
        yield f"## {cls.__name__}\n"
        yield _code(signature(cls, cls.__name__))
        yield documented(cls)
        if issubclass(cls, Client):
            yield documented(cls.__init__)
        yield from (_method(name, function) for name, function in _own_methods(cls))


def _service() -> Iterator[str]:
    yield "## api.asset\n"
    yield documented(domain.AsyncAssetService)
    yield from (_method(name, function) for name, function in _own_methods(domain.AsyncAssetService))


def _own_methods(cls: type) -> Iterator[tuple[str, Any]]:
    """The public methods that *cls* itself defines, in their order."""
    for name, member in vars(cls).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            yield name, member


def _method(name: str, function: Any) -> str:
    return f"### {name}\n\n{_code(signature(function, name))}\n{documented(function)}"


def _models() -> Iterator[str]:
    yield "## Models\n"
    yield "Dates are naive local time. `None` where the server sends nothing.\n"
    for model in (*_exported(WireModel), pywats.Setting):
        yield f"### {model.__name__}\n"
        yield documented(model)
        yield table(("field", "type", "on the wire"), _fields(model))


def _exported(base: type) -> list[Any]:
    members = (getattr(domain, name) for name in domain.__all__)
    return [member for member in members if isinstance(member, type) and issubclass(member, base)]


def _fields(model: type[WireModel]) -> Iterator[tuple[str, str, str]]:
    types = get_type_hints(model)
    for name, field in model.model_fields.items():
        yield f"`{name}`", f"`{type_name(types[name])}`", f"`{field.serialization_alias}`"


def _enums() -> Iterator[str]:
    yield "## Enums\n"
    for enum in _exported(IntEnum):
        yield f"### {enum.__name__}\n"
        yield documented(enum)
        yield table(("name", "number"), ((f"`{name}`", str(int(member))) for name, member in enum.__members__.items()))

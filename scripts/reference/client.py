"""The page about the client: its classes, every method, models and enums."""

import inspect
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import IntEnum
from typing import Any, get_type_hints

import pywats
from pywats import outbox, public
from pywats.client import Client
from pywats.domains.asset import public as domain
from pywats.domains.asset.service import AssetService
from pywats.outbox.async_outbox import AsyncOutbox
from pywats.outbox.outbox import Outbox
from pywats.query import Comparable, Condition, Fields, Tags
from pywats.shared.model import WireModel
from pywats.testing import ManualClock, ThrowAwayServer, throw_away_server
from reference.markdown import documented, signature, table, type_name

_OPENING = """\
# The client

Everything here is imported from `pywats`, unless it says otherwise. How things fit together is told in
[getting started](../getting-started.md) and the [guides](../index.md); errors have [a page of their own](errors.md).

Each method of `api.asset` and `api.outbox` is a coroutine in `AsyncWATS`. In `pyWATS` it blocks and returns its result;
inside a running event loop it returns an awaitable with the same result.
"""
_CLIENTS = (pywats.pyWATS, pywats.AsyncWATS, pywats.RetryConfig)
_SERVICES = (
    ("api.asset", AssetService, domain.AsyncAssetService),
    ("api.outbox", Outbox, AsyncOutbox),
)


def page() -> str:
    """Return the page."""
    return "\n".join(
        (_OPENING, *_clients(), *_services(), *_conditions(), *_models(), *_values(), *_enums(), *_testing())
    )


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


def _services() -> Iterator[str]:
    for title, face, service in _SERVICES:
        yield f"## {title}\n"
        # The client makes them, so nobody asks for their arguments.
        yield documented(service).partition("\n*Args:*")[0]
        # What only the coroutines have is for the client itself.
        yield from (_method(name, function) for name, function in _own_methods(service) if hasattr(face, name))


def _own_methods(cls: type) -> Iterator[tuple[str, Any]]:
    """The public methods that *cls* itself defines, in their order."""
    for name, member in vars(cls).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            yield name, member


def _method(name: str, function: Any) -> str:
    return f"### {name}\n\n{_code(signature(function, name))}\n{documented(function)}"


def _conditions() -> Iterator[str]:
    yield "## Conditions\n"
    yield "`F` has what assets can be asked for, see [searching](../guides/odata.md).\n"
    for name, fields in (("F", pywats.F), ("F.log", pywats.F.log), ("F.types", pywats.F.types)):
        yield f"### {name}\n"
        yield documented(type(fields))
        yield table(("field", "kind", "on the wire"), _askable(fields))
    yield "### Kinds\n"
    yield "All but tags are compared by `==` and `!=`, and those that have an order by `<`, `<=`, `>` and `>=`.\n"
    yield table(("kind", "what it is", "what else it can be asked"), _kinds())
    yield "### Condition\n"
    yield documented(Condition)


def _askable(fields: Fields) -> Iterator[tuple[str, str, str]]:
    for name, field in _members(fields):
        yield f"`{name}`", type(field).__name__, "" if isinstance(field, Tags) else f"`{field}`"


def _kinds() -> Iterator[tuple[str, str, str]]:
    for kind in dict.fromkeys(type(field) for fields in (pywats.F, pywats.F.types) for _, field in _members(fields)):
        asked = [name for cls in reversed(kind.__mro__) for name, _ in _own_methods(cls)]
        yield kind.__name__, (inspect.getdoc(kind) or "").partition("\n\n")[0], ", ".join(f"`{name}`" for name in asked)


def _members(fields: Fields) -> Iterator[tuple[str, Comparable[Any, Any] | Tags[Any]]]:
    for name, field in vars(type(fields)).items():
        if isinstance(field, (Comparable, Tags)):
            yield name, field


def _models() -> Iterator[str]:
    yield "## Models\n"
    yield "Dates are naive local time. `None` where the server sends nothing.\n"
    for model in (*_exported(WireModel), pywats.Setting):
        yield f"### {model.__name__}\n"
        yield documented(model)
        yield table(("field", "type", "on the wire"), _fields(model))


def _values() -> Iterator[str]:
    yield "## Values\n"
    yield "`Entry` and `Flushed` are imported from `pywats.outbox`.\n"
    exported: Iterator[Any] = (getattr(pywats, name) for name in public.__all__)
    for value in (*exported, outbox.Entry, outbox.Flushed):
        if isinstance(value, type) and is_dataclass(value) and value not in (Condition, *_CLIENTS):
            yield f"### {value.__name__}\n"
            yield documented(value)


def _exported(base: type) -> list[Any]:
    members = (getattr(domain, name) for name in domain.__all__)
    return [member for member in members if isinstance(member, type) and issubclass(member, base)]


def _fields(model: type[WireModel]) -> Iterator[tuple[str, str, str]]:
    types = get_type_hints(model)
    for name, field in model.model_fields.items():
        yield f"`{name}`", f"`{type_name(types[name])}`", f"`{field.serialization_alias}`"


def _enums() -> Iterator[str]:
    yield "## Enums\n"
    yield "`State` is imported from `pywats.outbox`.\n"
    for enum in (*_exported(IntEnum), pywats.Verdict, outbox.State):
        yield f"### {enum.__name__}\n"
        yield documented(enum)
        yield table(("name", "value"), ((f"`{name}`", str(member.value)) for name, member in enum.__members__.items()))


def _testing() -> Iterator[str]:
    yield "## pywats.testing\n"
    yield "A server for [tests](../guides/testing-your-code.md). All of this is imported from `pywats.testing`.\n"
    yield _method("throw_away_server", throw_away_server)
    for cls in (ThrowAwayServer, ManualClock):
        yield f"### {cls.__name__}\n"
        yield documented(cls)
        yield from (f"#{_method(name, function)}" for name, function in _own_methods(cls))

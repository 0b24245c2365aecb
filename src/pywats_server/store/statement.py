"""Statements: written once with SQLAlchemy Core, compiled once for each dialect, run by the drivers themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

T = TypeVar("T")


class Statement:
    """A statement with its texts, one a dialect. Make it a module constant where its shape is fixed."""

    __slots__ = ("_compiled", "element")

    def __init__(self, element: Executable) -> None:
        self.element = element
        self._compiled: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {}

    def positional(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the text and its values in order. *values* fill the named parameters that the statement has."""
        text, names, defaults = self._in(dialect)
        known = {**defaults, **values} if defaults else values
        return text, [known[name] for name in names]

    def positional_many(self, dialect: Dialect, rows: Iterable[Mapping[str, Any]]) -> tuple[str, list[list[Any]]]:
        """Return the text and, for each of *rows*, its values in order."""
        text, names, defaults = self._in(dialect)
        return text, [[known[name] for name in names] for known in ({**defaults, **row} for row in rows)]

    def _in(self, dialect: Dialect) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.element, dialect)
        return compiled


def _compile(element: Executable, dialect: Dialect) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    compiled: Compiled = element.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"{element!r} is no statement with values")
    # A parameter that must be given has no default, so that a forgotten one is a KeyError and never a NULL.
    given = {name for name, bind in compiled.binds.items() if bind.required}
    defaults = {name: value for name, value in compiled.construct_params(_check=False).items() if name not in given}
    return str(compiled), tuple(compiled.positiontup or ()), defaults


# Databases limit how many values one statement may carry.
_CHUNK = 5000


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Return *values* in parts that one statement may carry each."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))

"""Statements: written once with SQLAlchemy Core, compiled once for each dialect, run by the drivers themselves."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

T = TypeVar("T")


class _Compiled(NamedTuple):
    """A statement of one dialect: its text, what puts values by name into order, and the values that it has itself."""

    text: str
    order: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    own: dict[str, Any]


class Statement:
    """A statement with its texts, one a dialect. Make it a module constant where its shape is fixed."""

    __slots__ = ("_compiled", "element")

    def __init__(self, element: Executable) -> None:
        self.element = element
        self._compiled: dict[str, _Compiled] = {}

    def positional(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return the text and its values in order. *values* fill the named parameters that the statement has."""
        text, order, own = self._in(dialect)
        return text, order({**own, **values} if own else values)

    def positional_many(self, dialect: Dialect, rows: Iterable[Mapping[str, Any]]) -> tuple[str, list[tuple[Any, ...]]]:
        """Return the text and, for each of *rows*, its values in order."""
        text, order, own = self._in(dialect)
        return text, [order({**own, **row} if own else row) for row in rows]

    def _in(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.element, dialect)
        return compiled


def _compile(element: Executable, dialect: Dialect) -> _Compiled:
    compiled: Compiled = element.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"{element!r} is no statement with values")
    # A parameter that must be given has no default, so that a forgotten one is a KeyError and never a NULL.
    given = {name for name, bind in compiled.binds.items() if bind.required}
    own = {name: value for name, value in compiled.construct_params(_check=False).items() if name not in given}
    return _Compiled(str(compiled), _order(compiled.positiontup or ()), own)


def _order(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


# Databases limit how many values one statement may carry.
_CHUNK = 5000


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Return *values* in parts that one statement may carry each."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))

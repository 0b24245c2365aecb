"""Statements: written once with SQLAlchemy Core, compiled once for each dialect, run by the drivers themselves."""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler


class Statement:
    """A statement with its texts, one a dialect. Make it a module constant where its shape is fixed."""

    __slots__ = ("_compiled", "element")

    def __init__(self, element: Executable) -> None:
        self.element = element
        self._compiled: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {}

    def positional(self, dialect: Dialect, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Return the text and its values in order. *values* fill the named parameters that the statement has."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.element, dialect)
        text, names, defaults = compiled
        known = {**defaults, **values}
        return text, [known[name] for name in names]


def _compile(element: Executable, dialect: Dialect) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    compiled: Compiled = element.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"{element!r} is no statement with values")
    # A parameter that must be given has no default, so that a forgotten one is a KeyError and never a NULL.
    given = {name for name, bind in compiled.binds.items() if bind.required}
    defaults = {name: value for name, value in compiled.construct_params(_check=False).items() if name not in given}
    return str(compiled), tuple(compiled.positiontup or ()), defaults

"""Conditions on a set of values that is one parameter, so that the statement's text does not depend on how many."""

import json
import sqlite3
from typing import Any

from sqlalchemy import Boolean, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

# SQLite has no arrays: a list is given to it as JSON.
sqlite3.register_adapter(list, json.dumps)


class _OneOf(FunctionElement[bool]):
    """Whether a column has one of the values of a list."""

    name = "one_of"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "_OneOf":  # noqa: ARG002 - the signature of SQLAlchemy
        """Itself: it brackets its parts."""
        return self


@compiles(_OneOf, "sqlite")
def _one_of_sqlite(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"  # noqa: S608 - the compiler's own texts


@compiles(_OneOf, "postgresql")
def _one_of_postgresql(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} = ANY ({values}))"


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that *column* has one of the values of the list that is given as the parameter *name*."""
    return _OneOf(column, bindparam(name, required=True))

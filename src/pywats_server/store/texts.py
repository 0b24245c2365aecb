"""Searching within texts: which assets can hold what a filter looks for, told by an index of trigrams."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, bindparam, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pywats_server.odata.entity import Entity
from pywats_server.odata.tree import Call, Comparison, Junction, Literal, Name, Node
from pywats_server.store.tables import SEARCHED, TEXT_INDEX, asset

FEW = 5000
"""So many assets are looked up and sorted at most. Among more, going through all in order soon meets a page."""

_LENGTH = 3
# More of them find hardly less.
_MOST = 32


def trigrams(node: Node, entity: Entity) -> str | None:
    """
    Return what the index is asked for, so that it finds all assets for which the filter *node* holds, and few others.

    None when *node* does not demand that a text contains something of three characters or more.
    """
    found = dict.fromkeys(
        text[start : start + _LENGTH]
        for text in _demanded(node, entity)
        for start in range(min(len(text) - _LENGTH + 1, _MOST))
    )
    return " ".join('"' + trigram.replace('"', '""') + '"' for trigram in found) or None


def _demanded(node: Node, entity: Entity) -> Iterator[str]:
    """Yield what some text has to contain wherever *node* holds."""
    match node:
        case Junction(operator="and"):
            for operand in node.operands:
                yield from _demanded(operand, entity)
        case Comparison(operator="eq", left=Call(), right=Literal(value=True)):
            yield from _demanded(node.left, entity)
        case Call(function="contains", arguments=(Name(name=name), Literal(value=str(text)))):
            if any(entity.properties[name.lower()].column is column for column in SEARCHED):
                yield text


class _HasTrigrams(FunctionElement[bool]):
    """Whether the index has an asset under all of the given trigrams. PostgreSQL asks its index by itself."""

    name = "has_trigrams"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "_HasTrigrams":  # noqa: ARG002 - the signature of SQLAlchemy
        """Itself: it brackets its parts."""
        return self


class _AreFew(FunctionElement[bool]):
    """Whether at most so many assets stand under all of the given trigrams. PostgreSQL plans that by itself."""

    name = "are_few"
    type = Boolean()
    inherit_cache = True


def has(wanted: str) -> ColumnElement[bool]:
    """Return the condition that an asset stands under all trigrams that are *wanted*."""
    return _HasTrigrams(asset.c.key, literal(wanted, Text()))


def are_few(wanted: str) -> ColumnElement[bool]:
    """Return whether at most `few`, a parameter, assets do; never on PostgreSQL, which knows how to look them up."""
    return _AreFew(literal(wanted, Text()), bindparam("few", required=True))


@compiles(_HasTrigrams, "sqlite")
def _has_sqlite(element: _HasTrigrams, compiler: SQLCompiler, **options: Any) -> str:
    key, wanted = (compiler.process(part, **options) for part in element.clauses)
    return f"({key} IN (SELECT rowid FROM {TEXT_INDEX} WHERE {TEXT_INDEX} MATCH {wanted}))"  # noqa: S608


@compiles(_HasTrigrams, "postgresql")
def _has_postgresql(element: _HasTrigrams, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ARG001
    return "true"


@compiles(_AreFew, "sqlite")
def _are_few_sqlite(element: _AreFew, compiler: SQLCompiler, **options: Any) -> str:
    wanted, few = (compiler.process(part, **options) for part in element.clauses)
    found = f"SELECT rowid FROM {TEXT_INDEX} WHERE {TEXT_INDEX} MATCH {wanted} LIMIT {few} + 1"  # noqa: S608
    return f"((SELECT count(*) FROM ({found})) <= {few})"  # noqa: S608


@compiles(_AreFew, "postgresql")
def _are_few_postgresql(element: _AreFew, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ARG001
    return "false"

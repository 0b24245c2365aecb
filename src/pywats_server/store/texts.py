"""Searching within texts: which assets can hold what a filter looks for, told by an index of trigrams."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, Boolean, ColumnElement, Text, bindparam, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pywats_server.odata.entity import Entity
from pywats_server.odata.tree import Call, Comparison, Junction, Literal, Name, Node
from pywats_server.store.tables import SEARCHED, TEXT_INDEX, asset

FEW = 5000
"""So many assets are looked up and sorted at most. Among more, going through all in order soon meets a page."""

RARE = 100
"""A trigram of so few assets is asked for alone: following common ones beside it takes longer than looking these up."""

_LENGTH = 3
# More of them find hardly less.
_MOST = 32


def trigrams(node: Node, entity: Entity) -> tuple[str, ...]:
    """
    Return what the index is asked for, so that it finds all assets for which the filter *node* holds, and few others.

    Nothing when *node* does not demand that a text contains something of three characters or more.
    """
    found = dict.fromkeys(
        text[start : start + _LENGTH]
        for text in _demanded(node, entity)
        for start in range(min(len(text) - _LENGTH + 1, _MOST))
    )
    return tuple('"' + trigram.replace('"', '""') + '"' for trigram in found)


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


class _Narrowest(FunctionElement[str]):
    """What to ask the index for so that it finds few assets; null where that cannot be done, or is not needed."""

    name = "narrowest"
    type = Text()
    inherit_cache = True


def has(wanted: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that an asset stands under all trigrams that are *wanted*."""
    return _HasTrigrams(asset.c.key, wanted)


def together(wanted: Sequence[str]) -> ColumnElement[str]:
    """Return what asks the index for assets that stand under all of these trigrams."""
    return literal(" ".join(wanted), Text())


def narrowest(wanted: Sequence[str]) -> ColumnElement[str]:
    """
    Return what to ask the index for, with `rare` and `few` as parameters.

    It is the first of the *wanted* trigrams that at most `rare` assets have, or else all of them if at most `few`
    assets have all, or else null: also on PostgreSQL, which plans that by itself.
    """
    each = literal(json.dumps(wanted, ensure_ascii=False), Text())
    rare: BindParameter[int] = bindparam("rare", required=True)
    few: BindParameter[int] = bindparam("few", required=True)
    return _Narrowest(each, together(wanted), rare, few)


@compiles(_HasTrigrams, "sqlite")
def _has_sqlite(element: _HasTrigrams, compiler: SQLCompiler, **options: Any) -> str:
    key, wanted = (compiler.process(part, **options) for part in element.clauses)
    return f"({key} IN (SELECT rowid FROM {TEXT_INDEX} WHERE {TEXT_INDEX} MATCH {wanted}))"  # noqa: S608


@compiles(_HasTrigrams, "postgresql")
def _has_postgresql(element: _HasTrigrams, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ARG001
    return "true"


@compiles(_Narrowest, "sqlite")
def _narrowest_sqlite(element: _Narrowest, compiler: SQLCompiler, **options: Any) -> str:
    each, together, rare, few = (compiler.process(part, **options) for part in element.clauses)
    first_rare = f"SELECT value FROM json_each({each}) WHERE {_at_most(rare, 'value')} LIMIT 1"  # noqa: S608
    return f"coalesce(({first_rare}), CASE WHEN {_at_most(few, together)} THEN {together} END)"


def _at_most(limit: str, wanted: str) -> str:
    found = f"SELECT rowid FROM {TEXT_INDEX} WHERE {TEXT_INDEX} MATCH {wanted} LIMIT {limit} + 1"  # noqa: S608
    return f"(SELECT count(*) FROM ({found})) <= {limit}"  # noqa: S608


@compiles(_Narrowest, "postgresql")
def _narrowest_postgresql(element: _Narrowest, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ARG001
    return "CAST(NULL AS TEXT)"

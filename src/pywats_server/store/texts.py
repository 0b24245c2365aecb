"""Searching within texts: which assets can hold what a filter looks for, told by an index of trigrams."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BindParameter, Boolean, ColumnElement, Text, bindparam, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pywats_server.odata.entity import Entity
from pywats_server.odata.functions import AllOf, AnyOf, Condition, HasPrefix, after_prefix, pattern_of, text_literal
from pywats_server.odata.tree import Call, Comparison, Junction, Literal, Name, Node
from pywats_server.rules.texts import is_line
from pywats_server.store.tables import SEARCHED, TEXT_INDEX, asset

FEW = 5000
"""So many assets are looked up and sorted at most. Among more, going through all in order soon meets a page."""

RARE = 100
"""A trigram of so few assets is asked for alone: following common ones beside it takes longer than looking these up."""

MANY = 10_000
"""More assets than these are told no further where somebody looks for words in the pages."""

_LENGTH = 3
# More of them find hardly less.
_MOST = 32


def trigrams(node: Node, entity: Entity) -> tuple[str, ...]:
    """
    Return what the index is asked for, so that it finds all assets for which the filter *node* holds, and few others.

    Nothing when *node* does not demand that a text contains something of three characters or more.
    """
    return _trigrams(_demanded(node, entity))


def _trigrams(demanded: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(
        text[start : start + _LENGTH] for text in demanded for start in range(min(len(text) - _LENGTH + 1, _MOST))
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


class Words(Struct, frozen=True):
    """
    What somebody looks for: words that must all stand in an asset's texts, each in one of them, whatever the case.

    A single word that is too short for the index is looked for where serial numbers begin.
    """

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str | None) -> "Words":
        """Return the words of a *text*; too many of them, or too long ones, are cut."""
        words = (word for word in (text or "").split() if is_line(word))
        return cls(tuple(word[:_LONGEST_WORD] for word in words)[:_MOST_WORDS])

    @property
    def trigrams(self) -> tuple[str, ...]:
        """What the index is asked for; nothing where no word is long enough. Each letter once will do."""
        return _trigrams(piece for word in self.words for piece in _pieces(word))

    @property
    def condition(self) -> ColumnElement[bool] | None:
        """The condition that an asset has all words; None where there are none."""
        if not self.words:
            return None
        if len(self.words) == 1 and not self.trigrams:
            return AnyOf(*(_begins(asset.c.serial_number, form) for form in _forms(self.words[0])))
        return AllOf(*(_is_said(word) for word in self.words))


_MOST_WORDS = 8
_LONGEST_WORD = 100


def _pieces(word: str) -> Iterator[str]:
    """Yield pieces of a word that have all its letters, each as long as the index has them."""
    last = len(word) - _LENGTH
    for start in range(0, last, _LENGTH):
        yield word[start : start + _LENGTH]
    if last >= 0:
        yield word[last:]


def _is_said(word: str) -> ColumnElement[bool]:
    return AnyOf(*(_Says(column, text_literal(pattern_of(form))) for form in _spelt(word) for column in SEARCHED))


def _spelt(word: str) -> dict[str, None]:
    """Return the forms in which to look for a word by what is blind to the case of ASCII letters only."""
    return dict.fromkeys([word]) if word.isascii() else _forms(word)


def _forms(word: str) -> dict[str, None]:
    return dict.fromkeys([word, word.lower(), word.upper(), word.capitalize()])


def _begins(column: ColumnElement[str], start: str) -> ColumnElement[bool]:
    after = after_prefix(start)
    return HasPrefix(column, text_literal(start), *([] if after is None else [text_literal(after)]))


class _Says(Condition):
    """Whether a text fits a pattern, whatever the case of ASCII letters."""

    name = "says"
    inherit_cache = True


@compiles(_Says, "sqlite")
def _says_sqlite(element: _Says, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} LIKE {pattern} ESCAPE '\\')"


@compiles(_Says, "postgresql")
def _says_postgresql(element: _Says, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} ILIKE {pattern})"


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


class _NextWith(Condition):
    """Whether an asset is one of the next that the index has under all of the given trigrams, by key."""

    name = "next_with"
    inherit_cache = True
    order, sign = "ASC", ">"


class _LastWith(_NextWith):
    """The same against the order of keys."""

    name = "last_with"
    inherit_cache = True
    order, sign = "DESC", "<"


def next_with(words: Words, *, descending: bool) -> ColumnElement[bool]:
    """
    Return the condition that an asset is one of the next *words* may stand in, with `key` and `most` as parameters.

    These are the first `most` by key behind `key`, or before it when *descending*. On PostgreSQL, which goes through
    its index by itself, they are all behind it.
    """
    key: BindParameter[int] = bindparam("key", required=True)
    most: BindParameter[int] = bindparam("most", required=True)
    element = _LastWith if descending else _NextWith
    return element(asset.c.key, together(words.trigrams), key, most)


def may_have(words: Words) -> ColumnElement[bool]:
    """
    Return the condition that tells from the index which assets may have all *words*; not all of them do.

    Of more than `MANY` it tells only so many that this can be seen.
    """
    return _MayHave(asset.c.key, together(words.trigrams), words.condition)


class _MayHave(Condition):
    """Whether the index has an asset under all of the given trigrams; on PostgreSQL whether a condition holds."""

    name = "may_have"
    inherit_cache = True


@compiles(_NextWith, "sqlite")
@compiles(_LastWith, "sqlite")
def _next_with_sqlite(element: _NextWith, compiler: SQLCompiler, **options: Any) -> str:
    key, wanted, start, most = (compiler.process(part, **options) for part in element.clauses)
    found = (
        f"SELECT rowid FROM {TEXT_INDEX} WHERE {TEXT_INDEX} MATCH {wanted} AND rowid {element.sign} {start} "  # noqa: S608
        f"ORDER BY rowid {element.order} LIMIT {most}"
    )
    return f"({key} IN ({found}))"


@compiles(_NextWith, "postgresql")
@compiles(_LastWith, "postgresql")
def _next_with_postgresql(element: _NextWith, compiler: SQLCompiler, **options: Any) -> str:
    key, _, start, _ = element.clauses
    return f"({compiler.process(key, **options)} {element.sign} {compiler.process(start, **options)})"


@compiles(_MayHave, "sqlite")
def _may_have_sqlite(element: _MayHave, compiler: SQLCompiler, **options: Any) -> str:
    key, wanted, _ = (compiler.process(part, **options) for part in element.clauses)
    found = f"SELECT rowid FROM {TEXT_INDEX} WHERE {TEXT_INDEX} MATCH {wanted} LIMIT {MANY + 1}"  # noqa: S608
    return f"({key} IN ({found}))"


@compiles(_MayHave, "postgresql")
def _may_have_postgresql(element: _MayHave, compiler: SQLCompiler, **options: Any) -> str:
    *_, condition = element.clauses
    return compiler.process(condition, **options)


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

"""
The functions that a `$filter` may call, as SQL that means the same on SQLite and PostgreSQL.

Texts are searched literally: `%`, `_` and the backslash are characters as any other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Integer, Text, bindparam, cast, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ColumnClause, ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from pywats_server.odata.entity import Kind

NOW: Final = bindparam("now", type_=Text())
"""The present moment, an instant that is supplied when the statement runs."""

WHITESPACE: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What `trim` takes away: everything that Unicode calls white space."""

_LAST_CHARACTER: Final = "\U0010ffff"
_LENGTH_LIMIT: Final = 1_000_000_000
_FLAT: Final = 4
_FAN: Final = 8


def text_literal(value: str) -> BindParameter[str]:
    """A bound text."""
    return BindParameter(None, value, type_=Text(), unique=True)


def integer_literal(value: int) -> BindParameter[int]:
    """A bound whole number of up to 64 bits."""
    return BindParameter(None, value, type_=BigInteger(), unique=True)


# Junctions of our own: SQLAlchemy flattens its own ones, however they are grouped.


class Condition(FunctionElement[bool]):
    """SQL that can stand in a WHERE as it is. SQLAlchemy would compare it with 1 on SQLite, hiding it from indexes."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "Condition":  # noqa: ARG002
        """Itself: every condition brackets its parts."""
        return self


class AllOf(Condition):
    """True when all parts are; each part is a comparison, or brackets itself."""

    name = "all_of"
    inherit_cache = True


class AnyOf(Condition):
    """True when a part is; each part is a comparison, or brackets itself."""

    name = "any_of"
    inherit_cache = True


@compiles(AllOf)
def _all_of(element: AllOf, compiler: SQLCompiler, **options: Any) -> str:
    return _joined(_arguments(element, compiler, options), " AND ")


@compiles(AnyOf)
def _any_of(element: AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    return _joined(_arguments(element, compiler, options), " OR ")


def _joined(parts: list[str], word: str) -> str:
    """
    The *parts* in brackets, many of them as a tree, because SQLite counts a long row as deep as it is long.

    The first part, which nests deepest, stays outside that tree: each bracket around it would take room in the parser.
    """
    if len(parts) <= _FLAT:
        return f"({word.join(parts)})"
    first, *rest = parts
    while len(rest) > 1:
        rest = [f"({word.join(rest[start : start + _FAN])})" for start in range(0, len(rest), _FAN)]
    return f"({first}{word}{rest[0]})"


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, options: dict[str, Any]) -> list[str]:
    return [compiler.process(argument, **options) for argument in element.clauses]


# Searching.


class PlaceOf(FunctionElement[int]):
    """The place, from 1, of the second text in the first; 0 when it is not there. An empty text is at 1."""

    name = "place_of"
    type = Integer()
    inherit_cache = True


class Contains(Condition):
    """Whether a text contains a constant, so told that an index of trigrams helps. Takes both, and `pattern_of`."""

    name = "contains_constant"
    inherit_cache = True


class EndsWith(Condition):
    """Whether the first text ends with the second."""

    name = "ends_with"
    inherit_cache = True


class HasPrefix(Condition):
    """Whether a column begins with a constant, so told that an index helps. Takes both, and `after_prefix`."""

    name = "has_prefix"
    inherit_cache = True


@compiles(PlaceOf, "sqlite")
def _place_of_sqlite(element: PlaceOf, compiler: SQLCompiler, **options: Any) -> str:
    text, part = _arguments(element, compiler, options)
    return f"instr({text}, {part})"


@compiles(PlaceOf, "postgresql")
def _place_of_postgresql(element: PlaceOf, compiler: SQLCompiler, **options: Any) -> str:
    text, part = _arguments(element, compiler, options)
    return f"strpos({text}, {part})"


@compiles(Contains, "sqlite")
def _contains_sqlite(element: Contains, compiler: SQLCompiler, **options: Any) -> str:
    text, part, _ = element.clauses
    return f"(instr({compiler.process(text, **options)}, {compiler.process(part, **options)}) > 0)"


@compiles(Contains, "postgresql")
def _contains_postgresql(element: Contains, compiler: SQLCompiler, **options: Any) -> str:
    text, _, pattern = element.clauses
    return f"({compiler.process(text, **options)} LIKE {compiler.process(pattern, **options)})"


@compiles(EndsWith, "sqlite")
def _ends_with_sqlite(element: EndsWith, compiler: SQLCompiler, **options: Any) -> str:
    text, end = _arguments(element, compiler, options)
    # A start before the first character gives a piece shorter than *end*, which then differs from it.
    return f"(substr({text}, length({text}) - length({end}) + 1) = {end})"


@compiles(EndsWith, "postgresql")
def _ends_with_postgresql(element: EndsWith, compiler: SQLCompiler, **options: Any) -> str:
    text, end = _arguments(element, compiler, options)
    return f"(right({text}, length({end})) = {end})"


@compiles(HasPrefix)
def _has_prefix(element: HasPrefix, compiler: SQLCompiler, **options: Any) -> str:
    column, prefix, *after = _arguments(element, compiler, options)
    return f"({' AND '.join([f'{column} >= {prefix}', *(f'{column} < {end}' for end in after)])})"


# Changing case, and cutting.


class Lowered(FunctionElement[str]):
    """A text in lower case, for every script."""

    name = "lowered"
    type = Text()
    inherit_cache = True


class Raised(FunctionElement[str]):
    """A text in upper case, for every script."""

    name = "raised"
    type = Text()
    inherit_cache = True


class Trimmed(FunctionElement[str]):
    """The first text without the characters of the second at either end."""

    name = "trimmed"
    type = Text()
    inherit_cache = True


class Piece(FunctionElement[str]):
    """The piece of a text from a start (from 0) and, when a third argument says so, of a length; neither below 0."""

    name = "piece"
    type = Text()
    inherit_cache = True


@compiles(Lowered, "sqlite")
def _lowered_sqlite(element: Lowered, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower({', '.join(_arguments(element, compiler, options))})"


@compiles(Raised, "sqlite")
def _raised_sqlite(element: Raised, compiler: SQLCompiler, **options: Any) -> str:
    return f"upper({', '.join(_arguments(element, compiler, options))})"


@compiles(Lowered, "postgresql")
def _lowered_postgresql(element: Lowered, compiler: SQLCompiler, **options: Any) -> str:
    return _cased_postgresql("lower", *_arguments(element, compiler, options))


@compiles(Raised, "postgresql")
def _raised_postgresql(element: Raised, compiler: SQLCompiler, **options: Any) -> str:
    return _cased_postgresql("upper", *_arguments(element, compiler, options))


def _cased_postgresql(function: str, text: str) -> str:
    # In the collation "C" of the columns only ASCII letters have a case; the result compares by code point again.
    return f"""({function}(({text}) COLLATE "default") COLLATE "C")"""


@compiles(Trimmed, "sqlite")
def _trimmed_sqlite(element: Trimmed, compiler: SQLCompiler, **options: Any) -> str:
    return f"trim({', '.join(_arguments(element, compiler, options))})"


@compiles(Trimmed, "postgresql")
def _trimmed_postgresql(element: Trimmed, compiler: SQLCompiler, **options: Any) -> str:
    return f"btrim({', '.join(_arguments(element, compiler, options))})"


@compiles(Piece, "sqlite")
def _piece_sqlite(element: Piece, compiler: SQLCompiler, **options: Any) -> str:
    # SQLite's own substr counts a negative start from the end; `store.sqlite.functions` has one that does not.
    return f"piece({', '.join(_arguments(element, compiler, options))})"


@compiles(Piece, "postgresql")
def _piece_postgresql(element: Piece, compiler: SQLCompiler, **options: Any) -> str:
    text, start, *length = _arguments(element, compiler, options)
    rest = f"substr({text}, {_clamped(start)} + 1)"
    # With nothing to fill up with, rpad only shortens; unlike substr it takes a length of 0 and passes null on.
    return f"rpad({rest}, {_clamped(length[0])}, '')" if length else rest


def _clamped(number: str) -> str:
    """PostgreSQL's *number* within what its text functions take. GREATEST would turn null into the limit."""
    limits = f"WHEN n < 0 THEN 0 WHEN n > {_LENGTH_LIMIT} THEN {_LENGTH_LIMIT}"
    # What is put together here are the compiler's own texts, whose values are bound.
    return f"(SELECT CAST(CASE {limits} ELSE n END AS INTEGER) FROM (SELECT {number} AS n) AS given)"  # noqa: S608


# What the language offers.


@dataclass(frozen=True, slots=True)
class Function:
    """
    A function of the language.

    Args:
        takes: Kinds of its arguments.
        gives: Kind of its result, which is null when an argument is.
        build: SQL of the result from the SQL of the arguments.
        optional: How many of the last arguments may be left out.
    """

    takes: tuple[Kind, ...]
    gives: Kind
    build: Callable[..., ColumnElement[Any]]
    optional: int = 0


def after_prefix(prefix: str) -> str | None:
    """The first text, by code points, behind all that begin with *prefix*; None when nothing is behind them."""
    raisable = prefix.rstrip(_LAST_CHARACTER)
    if not raisable:
        return None
    following = ord(raisable[-1]) + 1
    # Halves of surrogate pairs are no characters.
    return raisable[:-1] + chr(0xE000 if following == 0xD800 else following)


def pattern_of(part: str) -> str:
    """The pattern of a LIKE for all texts that contain *part*."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", part) + "%"


def _contains(text: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[bool]:
    if not isinstance(part, BindParameter):
        return PlaceOf(text, part) > _constant(0)
    return Contains(text, part, text_literal(pattern_of(part.value or "")))


def _starts_with(text: ColumnElement[str], start: ColumnElement[str]) -> ColumnElement[bool]:
    if not isinstance(text, ColumnClause) or not isinstance(start, BindParameter):
        return PlaceOf(text, start) == _constant(1)
    after = after_prefix(start.value or "")
    return HasPrefix(text, start) if after is None else HasPrefix(text, start, text_literal(after))


def _index_of(text: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[int]:
    return PlaceOf(text, part) - _constant(1)


def _date(moment: ColumnElement[str]) -> ColumnElement[str]:
    """The first moment of the day, an instant too."""
    return _part(moment, 1, 10).concat(literal_column("'T00:00:00'", Text()))


def _number_at(start: int, length: int) -> Callable[[ColumnElement[str]], ColumnElement[int]]:
    """Reads a number out of an instant, in whose form every part has its place."""
    return lambda moment: cast(_part(moment, start, length), Integer)


def _part(moment: ColumnElement[str], start: int, length: int) -> ColumnElement[str]:
    return func.substr(moment, _constant(start), _constant(length), type_=Text())


def _constant(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer())


def _text(function: Callable[..., ColumnElement[Any]]) -> Function:
    return Function((Kind.TEXT,), Kind.TEXT, function)


def _search(function: Callable[..., ColumnElement[Any]]) -> Function:
    return Function((Kind.TEXT, Kind.TEXT), Kind.BOOLEAN, function)


def _instant_part(start: int, length: int) -> Function:
    return Function((Kind.INSTANT,), Kind.INTEGER, _number_at(start, length))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "contains": _search(_contains),
    "startswith": _search(_starts_with),
    "endswith": _search(EndsWith),
    "tolower": _text(Lowered),
    "toupper": _text(Raised),
    "trim": _text(lambda text: Trimmed(text, text_literal(WHITESPACE))),
    "length": Function((Kind.TEXT,), Kind.INTEGER, lambda text: func.length(text, type_=Integer())),
    "concat": Function((Kind.TEXT, Kind.TEXT), Kind.TEXT, lambda first, second: first.concat(second)),
    "indexof": Function((Kind.TEXT, Kind.TEXT), Kind.INTEGER, _index_of),
    "substring": Function((Kind.TEXT, Kind.INTEGER, Kind.INTEGER), Kind.TEXT, Piece, optional=1),
    "year": _instant_part(1, 4),
    "month": _instant_part(6, 2),
    "day": _instant_part(9, 2),
    "hour": _instant_part(12, 2),
    "minute": _instant_part(15, 2),
    "second": _instant_part(18, 2),
    "date": Function((Kind.INSTANT,), Kind.INSTANT, _date),
    "now": Function((), Kind.INSTANT, lambda: NOW),
}
"""By name in lower case."""

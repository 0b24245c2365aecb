"""SQL of single comparisons, in which null equals null, differs from everything else, and has no place in an order."""

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import false, true
from sqlalchemy.sql.elements import ColumnElement

from pywats_server.odata.functions import AnyOf
from pywats_server.odata.values import Value

_ORDERS: Final[dict[str, Callable[[Any, Any], ColumnElement[bool]]]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_OPPOSITES: Final = {"gt": "le", "le": "gt", "lt": "ge", "ge": "lt"}


def truth(holds: bool) -> ColumnElement[bool]:
    """A condition that always holds, or never."""
    return true() if holds else false()


def equality(left: Value, right: Value, equal: bool) -> ColumnElement[bool]:
    """Whether both are *equal*, or with False whether they differ."""
    if left.is_null or right.is_null:
        return _nullness(right if left.is_null else left, equal)
    if equal:
        both = left.nullable and right.nullable
        return left.sql.is_not_distinct_from(right.sql) if both else left.sql == right.sql
    either = left.nullable or right.nullable
    return left.sql.is_distinct_from(right.sql) if either else left.sql != right.sql


def order(word: str, left: Value, right: Value, wanted: bool) -> ColumnElement[bool]:
    """Whether the order *word* (gt, ge, lt, le) holds as *wanted*; it never does with null."""
    if left.is_null or right.is_null:
        return truth(not wanted)
    if wanted:
        return _ORDERS[word](left.sql, right.sql)
    opposite = _ORDERS[_OPPOSITES[word]](left.sql, right.sql)
    nulls = [side.sql.is_(None) for side in (left, right) if side.nullable]
    return AnyOf(opposite, *nulls) if nulls else opposite


def among(item: Value, choices: Sequence[Value], wanted: bool) -> ColumnElement[bool]:
    """Whether *item* equals one of the *choices* as *wanted*."""
    given = [choice.sql for choice in choices if not choice.is_null]
    takes_null = len(given) < len(choices)
    if item.is_null:
        return truth(takes_null is wanted)
    if not given:
        return _nullness(item, wanted)
    # Null is neither in a list of SQL nor outside it; where it belongs to what is asked for, that is said besides.
    found = item.sql.in_(given) if wanted else item.sql.not_in(given)
    return AnyOf(found, item.sql.is_(None)) if item.nullable and takes_null is wanted else found


def _nullness(value: Value, wanted: bool) -> ColumnElement[bool]:
    if value.is_null or not value.nullable:
        return truth(value.is_null is wanted)
    return value.sql.is_(None) if wanted else value.sql.is_not(None)

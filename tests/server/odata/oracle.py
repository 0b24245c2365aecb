"""What a filter says about a row, worked out in plain Python from the parsed tree: nothing here knows of SQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pywats_server.odata import Kind
from pywats_server.odata.tree import (
    Call,
    Comparison,
    Exists,
    Junction,
    Literal,
    LiteralKind,
    Member,
    Membership,
    Name,
    Negation,
    Node,
)
from server.odata.devices import DEVICE, NOW, Row, State

Value = bool | int | float | str | datetime | None

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}
_NAMES = {"unknown": 0, "inoperation": 1, "ok": 1, "intransit": 2}
_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "length": len,
    "concat": lambda first, second: first + second,
    "indexof": str.find,
    "substring": lambda text, start, length=2**70: text[max(start, 0) :][: max(length, 0)],
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
    "date": lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0),
    "now": lambda: NOW,
}
_OF_MOMENTS = ("year", "month", "day", "hour", "minute", "second", "date")
_TRUE_OR_FALSE = ("contains", "startswith", "endswith")


def holds(node: Node, row: Row) -> bool:
    """Whether *row* fits the filter: OData knows true and false, and null is neither less nor greater."""
    return _evaluate(node, row) is True


def _evaluate(node: Node, row: Row) -> Value:
    match node:
        case Call():
            return _call(node, row)
        case Member():
            return row[node.name.lower()]
        case Name():
            return row[DEVICE.properties[node.name.lower()].name]
        case Literal():
            return _moment(node.value) if node.kind is LiteralKind.INSTANT else node.value
        case _:
            return _judge(node, row)


def _judge(node: Junction | Negation | Comparison | Membership | Exists, row: Row) -> bool:
    match node:
        case Negation():
            return not holds(node.operand, row)
        case Junction():
            join = all if node.operator == "and" else any
            return join(holds(part, row) for part in node.operands)
        case Comparison():
            return _compare(node, row)
        case Membership():
            return any(_same(_pair(node.item, choice, row)) for choice in node.choices)
        case Exists():
            tags = [{"key": key, "value": value} for key, value in row["tags"].items()]
            return any(node.condition is None or holds(node.condition, tag) for tag in tags)


def _compare(node: Comparison, row: Row) -> bool:
    if isinstance(node.left, Name) and node.left.name.lower() == "xmldata":
        assert isinstance(node.right, Literal)
        return (str(node.right.value)[2:] in row["tags"]) == (node.operator == "eq")
    pair = _pair(node.left, node.right, row)
    if node.operator in ("eq", "ne"):
        return _same(pair) == (node.operator == "eq")
    return None not in pair and _COMPARE[node.operator](*pair)


def _same(pair: tuple[Value, Value]) -> bool:
    return pair[0] == pair[1]


def _pair(left: Node, right: Node, row: Row) -> tuple[Value, Value]:
    return _read_beside(left, right, row), _read_beside(right, left, row)


def _read_beside(node: Node, other: Node, row: Row) -> Value:
    """The value of *node*; a text is what the property or function beside it makes of it."""
    value = _evaluate(node, row)
    if not isinstance(node, Literal) or not isinstance(value, str):
        return value
    if isinstance(other, Name):
        match DEVICE.properties[other.name.lower()].kind:
            case Kind.GUID:
                return value.lower()
            case Kind.ENUM:
                return State(_NAMES[value.replace("_", "").lower()])
            case Kind.INSTANT:
                return _moment(value)
    return _moment(value) if isinstance(other, Call) and other.function in ("date", "now") else value


def _call(node: Call, row: Row) -> Value:
    arguments = [_evaluate(argument, row) for argument in node.arguments]
    if None in arguments:
        return False if node.function in _TRUE_OR_FALSE else None
    if node.function in _OF_MOMENTS and isinstance(arguments[0], str):
        arguments[0] = _moment(arguments[0])
    return _FUNCTIONS[node.function](*arguments)


def _moment(text: Value) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

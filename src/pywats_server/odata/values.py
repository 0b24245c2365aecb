"""Values with their kinds: what a literal means beside the value that it is compared with."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import Boolean, Float, null
from sqlalchemy.sql.elements import BindParameter, ColumnElement, Null

from pywats_server.odata.entity import Kind
from pywats_server.odata.functions import integer_literal, text_literal
from pywats_server.odata.literals import read_instant
from pywats_server.odata.refusal import refused, shown, suggestion
from pywats_server.odata.tree import Call, Literal, LiteralKind, Member, Name, Node

_FAMILIES: Final = {Kind.GUID: Kind.TEXT, Kind.INTEGER: Kind.NUMBER, Kind.ENUM: Kind.NUMBER}
_KINDS: Final = {
    LiteralKind.BOOLEAN: Kind.BOOLEAN,
    LiteralKind.INTEGER: Kind.INTEGER,
    LiteralKind.NUMBER: Kind.NUMBER,
    LiteralKind.TEXT: Kind.TEXT,
    LiteralKind.INSTANT: Kind.INSTANT,
    LiteralKind.GUID: Kind.GUID,
}


@dataclass(frozen=True, slots=True)
class Value:
    """SQL with its kind; the literal null has none."""

    kind: Kind | None
    sql: ColumnElement[Any]
    nullable: bool
    enum: type[IntEnum] | None = None

    @property
    def family(self) -> Kind | None:
        """The kind that stands for all those which can be compared with this one."""
        return self.kind and _FAMILIES.get(self.kind, self.kind)

    @property
    def is_null(self) -> bool:
        """Whether this is nothing but null."""
        return isinstance(self.sql, Null)


def literal_value(node: Literal) -> Value:
    """The literal as what it was written as."""
    kind = _KINDS.get(node.kind)
    if kind is None:
        return Value(None, null(), nullable=True)
    return Value(kind, _bound(node.value), nullable=False)


def coerced(node: Literal, beside: Value, clause: str) -> Value:
    """
    The literal as what it has to be *beside* a value, of which *clause* says what it is.

    Raises:
        InvalidQuery: it cannot be that.
    """
    own = literal_value(node)
    if beside.kind is None or own.kind is None:
        return own
    if node.kind is LiteralKind.TEXT:
        return _coerced_text(node, str(node.value), beside, clause)
    bare_guid_for_text = own.kind is Kind.GUID and beside.kind is Kind.TEXT
    if own.family is not beside.family or bare_guid_for_text:
        hint = ". Put texts in single quotes" if beside.family is Kind.TEXT else ""
        raise refused(node, f"{clause}, but {shown(node.token)} is {node.kind}{hint}")
    return own


def _coerced_text(node: Literal, text: str, beside: Value, clause: str) -> Value:
    """A literal in quotes: a text, or kindly what stands in them."""
    if beside.kind is Kind.TEXT:
        return literal_value(node)
    if beside.kind is Kind.GUID:
        return Value(Kind.GUID, text_literal(text.lower()), nullable=False)
    if beside.kind is Kind.INSTANT:
        return Value(Kind.INSTANT, text_literal(read_instant(text, node)), nullable=False)
    if beside.enum is not None:
        return Value(Kind.ENUM, integer_literal(_number_of(text, beside.enum, node)), nullable=False)
    raise refused(node, f"{clause}, but {shown(node.token)} is a text")


def _number_of(name: str, enum: type[IntEnum], node: Literal) -> int:
    number = _numbers(enum).get(_bare(name))
    if number is None:
        names = [member.name.title().replace("_", "") for member in enum]
        raise refused(node, f"{shown(node.token)} is none of the names. {suggestion(name, names)}")
    return number


@cache
def _numbers(enum: type[IntEnum]) -> dict[str, int]:
    return {_bare(name): int(member) for name, member in enum.__members__.items()}


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _bound(value: bool | int | float | str | None) -> ColumnElement[Any]:
    match value:
        case bool():
            return BindParameter(None, value, type_=Boolean(), unique=True)
        case int():
            return integer_literal(value)
        case float():
            return BindParameter(None, value, type_=Float(), unique=True)
        case _:
            return text_literal(str(value))


def told(node: Node, value: Value) -> str:
    """The clause that says what *node* is: "totalCount is a whole number"."""
    return f"{described(node)} is {value.kind or 'null'}"


def described(node: Node) -> str:
    """How a sentence calls *node*."""
    match node:
        case Member():
            return f"{shown(node.variable)}/{shown(node.name)}"
        case Call():
            return f"{shown(node.function)}(...)"
        case Literal() | Name():
            return shown(node.token)
        case _:
            return f"the condition with {shown(node.token)}"

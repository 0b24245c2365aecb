"""
The nodes of a parsed `$filter`: frozen, so that a tree can be kept and shared.

Every node knows its *token*, the piece of text that it is found by, and the *position* of that, from 0. The *depth* of
a node is a measure of the room that its SQL takes in a database's parser.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class LiteralKind(StrEnum):
    """What a literal was written as; what it means is settled beside the property that it is compared with."""

    NULL = "null"
    BOOLEAN = "true or false"
    INTEGER = "a whole number"
    NUMBER = "a number"
    TEXT = "a text"
    INSTANT = "a date"
    GUID = "an identifier"


@dataclass(frozen=True, slots=True)
class Literal:
    """
    A constant. The *value* of a date is its kept form (`instants.Instant`), that of a bare GUID is in lower case;
    *token* is the literal as it was written.
    """

    depth: ClassVar[int] = 1
    kind: LiteralKind
    value: bool | int | float | str | None
    token: str
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A property, as the caller spelt it."""

    depth: ClassVar[int] = 1
    name: str
    position: int

    @property
    def token(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Member:
    """A property of a lambda's variable: `t/key`."""

    depth: ClassVar[int] = 1
    variable: str
    name: str
    position: int

    @property
    def token(self) -> str:
        return self.variable


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in lower case. Whether it exists and takes such arguments is not known here."""

    function: str
    arguments: tuple["Node", ...]
    position: int
    depth: int

    @property
    def token(self) -> str:
        return self.function


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`; *operator* is one of eq, ne, gt, ge, lt, le, and stands at *position*."""

    operator: str
    left: "Node"
    right: "Node"
    position: int
    depth: int

    @property
    def token(self) -> str:
        return self.operator


@dataclass(frozen=True, slots=True)
class Membership:
    """`item in (choices)`; the word `in` stands at *position*."""

    item: "Node"
    choices: tuple[Literal, ...]
    position: int
    depth: int

    @property
    def token(self) -> str:
        return "in"


@dataclass(frozen=True, slots=True)
class Negation:
    """`not operand`."""

    operand: "Node"
    position: int
    depth: int

    @property
    def token(self) -> str:
        return "not"


@dataclass(frozen=True, slots=True)
class Junction:
    """Two or more *operands*, in the order of the text, joined by the same *operator*: and, or."""

    operator: str
    operands: tuple["Node", ...]
    position: int
    depth: int

    @property
    def token(self) -> str:
        return self.operator


@dataclass(frozen=True, slots=True)
class Exists:
    """`collection/any(variable: condition)`, or without a condition `collection/any()`."""

    collection: str
    variable: str
    condition: "Node | None"
    position: int
    depth: int

    @property
    def token(self) -> str:
        return self.collection


Node = Literal | Name | Member | Call | Comparison | Membership | Negation | Junction | Exists

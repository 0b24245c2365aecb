"""
Conditions for lists, written in Python: `(F.location == "Lab A") & (F.total_count > 1000)`.

A condition is a value that holds its OData text. A field knows what it can be compared with, so a type checker refuses
what the server would refuse, and what it cannot see raises `ValueError` where the condition is written.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import IntEnum
from math import isfinite
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, Self, TypeVar
from uuid import UUID

from pydantic.alias_generators import to_camel

from pywats.odata import quoted
from pywats.shared.dates import wire_from_local
from pywats.shared.model import WireModel

Thing = TypeVar("Thing")
Value = TypeVar("Value")
Member = TypeVar("Member", bound=IntEnum)

NO_TRUTH = (
    "A condition is true or false on the server only: join conditions with & | ~ in place of and, or, not, each in "
    "parentheses; write .in_([...]) for in, and two comparisons for a < b < c"
)


@dataclass(frozen=True, slots=True)
class Condition(Generic[Thing]):
    """
    What a list asks of the things in it, `Condition[Asset]` for one of assets.

    `a & b`, `a | b` and `~a` make conditions of conditions. `str` gives the OData text.

    Attributes:
        text: OData, as it stands in `$filter`.
    """

    text: str
    _joined_by: str = field(default="", repr=False)

    def __and__(self, other: "Condition[Thing]") -> "Condition[Thing]":
        return self._joined("and", other)

    def __or__(self, other: "Condition[Thing]") -> "Condition[Thing]":
        return self._joined("or", other)

    def __invert__(self) -> "Condition[Thing]":
        return Condition(f"not ({self.text})")

    def __bool__(self) -> NoReturn:
        raise TypeError(NO_TRUTH)

    def __str__(self) -> str:
        return self.text

    def _joined(self, word: str, other: "Condition[Thing]") -> "Condition[Thing]":
        if not isinstance(other, Condition):
            raise TypeError(f"A condition cannot be joined with {other!r}; put each comparison in parentheses")
        # Parts that are joined by the same word stand beside each other: servers limit how deep parentheses go.
        parts = [part.text if part._joined_by in ("", word) else f"({part.text})" for part in (self, other)]
        return Condition(f" {word} ".join(parts), word)


class Comparable(Generic[Thing, Value]):  # noqa: PLW1641 - == gives a condition, so there is nothing to look up by
    """
    What of a *Thing* can be compared with a *Value*, or with None for "has none".

    Args:
        expression: OData; a field that is declared in a class is told its name there.
    """

    _accepted: str

    def __init__(self, expression: str = "") -> None:
        self._expression = expression

    def __set_name__(self, owner: type["Fields"], name: str) -> None:
        self._expression = owner.wire_name(name)

    def __eq__(self, other: Value | None) -> Condition[Thing]:  # type: ignore[override]
        return self._compared("eq", other)

    def __ne__(self, other: Value | None) -> Condition[Thing]:  # type: ignore[override]
        return self._compared("ne", other)

    def in_(self, values: Iterable[Value]) -> Condition[Thing]:
        """It is one of *values*, up to 1000 of them; of none, nothing is."""
        if isinstance(values, str):
            raise ValueError(f"{self} is to be in {values!r}; pass a list of values")
        choices = ",".join(self._literal(value) for value in values)
        return self._holds(f"{self} in ({choices})") if choices else Condition("false")

    def is_null(self) -> Condition[Thing]:
        """There is no value."""
        return self._compared("eq", None)

    def __str__(self) -> str:
        return self._expression

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._expression!r})"

    def _compared(self, operator: str, value: Value | None) -> Condition[Thing]:
        return self._holds(f"{self} {operator} {'null' if value is None else self._literal(value)}")

    def _holds(self, text: str) -> Condition[Thing]:
        return Condition(text)

    def _literal(self, value: Value) -> str:
        text = self._written(value)
        if text is None:
            raise ValueError(f"{self} is compared with {value!r}; it must be {self._accepted}")
        return text

    def _written(self, value: object) -> str | None:
        """*value* as OData writes it; None when it cannot be compared."""
        raise NotImplementedError


class Ordered(Comparable[Thing, Value]):
    """What also has an order. Nothing is less or greater than what has no value."""

    def __lt__(self, other: Value) -> Condition[Thing]:
        return self._holds(f"{self} lt {self._literal(other)}")

    def __le__(self, other: Value) -> Condition[Thing]:
        return self._holds(f"{self} le {self._literal(other)}")

    def __gt__(self, other: Value) -> Condition[Thing]:
        return self._holds(f"{self} gt {self._literal(other)}")

    def __ge__(self, other: Value) -> Condition[Thing]:
        return self._holds(f"{self} ge {self._literal(other)}")


class Text(Ordered[Thing, str]):
    """A text. Upper and lower case differ; `lower()` makes them alike."""

    _accepted = "text"

    def contains(self, part: str) -> Condition[Thing]:
        """*part* stands somewhere in it."""
        return self._holds(f"contains({self},{self._literal(part)})")

    def startswith(self, part: str) -> Condition[Thing]:
        """It begins with *part*."""
        return self._holds(f"startswith({self},{self._literal(part)})")

    def endswith(self, part: str) -> Condition[Thing]:
        """It ends with *part*."""
        return self._holds(f"endswith({self},{self._literal(part)})")

    def lower(self) -> Self:
        """The text in lower case, to be compared with one in lower case."""
        lowered = copy.copy(self)
        lowered._expression = f"tolower({self})"
        return lowered

    def _written(self, value: object) -> str | None:
        return quoted(value) if isinstance(value, str) else None


class Number(Ordered[Thing, float]):
    """A number, whole or not."""

    _accepted = "a finite number"

    def _written(self, value: object) -> str | None:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
        return str(value) if is_number else None


class Date(Ordered[Thing, date]):
    """A moment. One without a zone is local time, as everywhere in the client; a day stands for its first moment."""

    _accepted = "a datetime or a date"

    def _written(self, value: object) -> str | None:
        if isinstance(value, datetime):
            return wire_from_local(value)
        return wire_from_local(datetime.combine(value, time())) if isinstance(value, date) else None


class Enumerated(Ordered[Thing, Member]):
    """
    A member of an enum, which travels by its number.

    Args:
        enum: The only one whose members it can be compared with, beside plain numbers.
    """

    def __init__(self, enum: type[Member]) -> None:
        super().__init__()
        self._enum = enum
        self._accepted = f"a member of {enum.__name__}"

    def _written(self, value: object) -> str | None:
        return str(int(value)) if isinstance(value, self._enum) or type(value) is int else None


class Identity(Comparable[Thing, str | UUID]):
    """An id, as text or as UUID."""

    _accepted = "an id: text or a UUID"

    def _written(self, value: object) -> str | None:
        if isinstance(value, UUID):
            return str(value)
        return quoted(value) if isinstance(value, str) else None


class Truth(Comparable[Thing, bool]):
    """True or false."""

    _accepted = "True or False"

    def is_true(self) -> Condition[Thing]:
        """It is true; `~` asks for the opposite."""
        return self._compared("eq", True)

    def _written(self, value: object) -> str | None:
        return str(value).lower() if isinstance(value, bool) else None


class Tags(Generic[Thing]):
    """The tags of a thing. Only `pywats-server` knows how to be asked for them so."""

    def has(self, key: str) -> Condition[Thing]:
        """There is a tag called *key*."""
        return Condition(f"tags/any(t: {_key_is(key)})")

    def __getitem__(self, key: str) -> "TagValue[Thing]":
        return TagValue(key)


class TagValue(Text[Thing]):
    """The value of the tag called *key*. Whatever is asked of it, a thing without this tag does not fit."""

    def __init__(self, key: str) -> None:
        super().__init__("t/value")
        self._key_is = _key_is(key)

    def _holds(self, text: str) -> Condition[Thing]:
        return Condition(f"tags/any(t: {self._key_is} and {text})")


def _key_is(key: object) -> str:
    if not isinstance(key, str):
        raise ValueError(f"The key of a tag is {key!r}; it must be text")
    return f"t/key eq {quoted(key)}"


class Fields:
    """Base of the fields of one kind of thing, by the names that they have in its model."""

    _model: ClassVar[type[WireModel]]

    @classmethod
    def wire_name(cls, name: str) -> str:
        """What the field *name* is called on the wire."""
        info = cls._model.model_fields.get(name)
        return (info and info.serialization_alias) or to_camel(name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Fields are asked for and not assigned; write {name} == {value!r} to compare")

    if not TYPE_CHECKING:  # A type checker shall find names that are not there by itself.

        def __getattr__(self, name: str) -> NoReturn:
            from difflib import get_close_matches

            known = [field for field in vars(type(self)) if not field.startswith("_")]
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            raise AttributeError(f"There is no field {name!r}; {hint}", name=name, obj=self)

"""Enum fields that outlive the enum: a number that is not known yet must not make a whole list unreadable."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

from pydantic import ValidatorFunctionWrapHandler

Number = TypeVar("Number", bound=IntEnum)


def or_unnamed(enum: type[Number]) -> Callable[[Any, ValidatorFunctionWrapHandler], Number]:
    """A pydantic validator for fields of *enum* that also accepts other integers, as members without a name."""

    def validate(value: Any, handler: ValidatorFunctionWrapHandler) -> Number:
        try:
            member: Number = handler(value)
        except ValueError:
            if type(value) is not int:
                raise
            return unnamed(enum, value)
        return member

    return validate


def unnamed(enum: type[Number], value: int) -> Number:
    """A member called `UNKNOWN_<value>` that compares and prints as *value*; *enum* itself does not list it."""
    member = int.__new__(enum, value)
    member._name_ = f"UNKNOWN_{value}"
    member._value_ = value
    return member

"""Enum fields that outlive the enum: a number that is not known yet must not make a whole list unreadable."""

import copyreg
from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

from pydantic import ValidatorFunctionWrapHandler

Number = TypeVar("Number", bound=IntEnum)


def or_unnamed(enum: type[Number]) -> Callable[[Any, ValidatorFunctionWrapHandler], Number]:
    """A pydantic validator for fields of *enum* that also accepts other integers, as members without a name."""
    # Programs hand models to other processes.
    copyreg.pickle(enum, _reduced)

    def validate(value: Any, handler: ValidatorFunctionWrapHandler) -> Number:
        try:
            member: Number = handler(value)
        except ValueError:
            if type(value) is not int:
                raise
            return unnamed(enum, value)
        return member

    return validate


def _reduced(member: Number) -> tuple[Callable[[type[Number], int], Number], tuple[type[Number], int]]:
    return _restored, (type(member), int(member))


def _restored(enum: type[Number], value: int) -> Number:
    try:
        return enum(value)
    except ValueError:
        return unnamed(enum, value)


def unnamed(enum: type[Number], value: int) -> Number:
    """A member called `UNKNOWN_<value>` that compares and prints as *value*; *enum* itself does not list it."""
    member = int.__new__(enum, value)
    member._name_ = f"UNKNOWN_{value}"
    member._value_ = value
    return member

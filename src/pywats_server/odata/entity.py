"""The allow-list: what a query may name, of which kind it is, and the SQL that it stands for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement

from pywats_server.odata.refusal import refuse, suggestion

TAGS: Final = "tags"
XML_DATA: Final = "xmlData"


class Kind(StrEnum):
    """
    What a property holds. Instants are texts in the form of `instants`, GUIDs texts in lower case, enums whole numbers.

    Texts of every kind must compare by code point: their columns have SQLite's own collation, and "C" on PostgreSQL.
    """

    TEXT = "a text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    INSTANT = "a date"
    GUID = "an identifier"
    ENUM = "a number or one of the names"


@dataclass(frozen=True)
class Property:
    """
    One property that a query may name.

    Args:
        name: As it stands on the wire.
        column: A column or any other expression; it may hold the bind parameter `now`.
        nullable: Whether it may be null. Comparisons with a property that never is stay simpler.
        enum: Its names are accepted beside the numbers, for `Kind.ENUM`.
        told: Whether answers have it. What is not told can be asked for all the same.
    """

    name: str
    kind: Kind
    column: ColumnElement[Any]
    nullable: bool = True
    enum: type[IntEnum] | None = None
    told: bool = True


@dataclass(frozen=True)
class Tags:
    """
    How to ask for the tags of an entity.

    Args:
        key: The tag's key, never null.
        value: The tag's value, a text or null.
        exists: Turns a condition on *key* and *value* into one on the entity: it has such a tag (usually EXISTS).
    """

    key: ColumnElement[Any]
    value: ColumnElement[Any]
    exists: Callable[[ColumnElement[bool]], ColumnElement[bool]]


@dataclass(frozen=True)
class Entity:
    """
    What queries over one kind of thing may name.

    Args:
        properties: By their names in lower case; `Entity.of` builds this.
        key: Unique and never null; every order ends with it.
        tags: Present where `tags/any(...)` and `xmlData eq '//KEY'` may be asked.
    """

    properties: Mapping[str, Property]
    key: ColumnElement[Any]
    tags: Tags | None = None

    @classmethod
    def of(cls, properties: Iterable[Property], key: ColumnElement[Any], tags: Tags | None = None) -> "Entity":
        """The entity with these *properties*, whatever the case in which a query spells their names."""
        by_name = {property.name.lower(): property for property in properties}
        return cls(MappingProxyType(by_name), key, tags)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all properties that are told, as on the wire."""
        return tuple(property.name for property in self.properties.values() if property.told)

    @cached_property
    def selectable(self) -> tuple[str, ...]:
        """The names of all properties that can be asked for: those above, and the tags in both of their forms."""
        return (*self.names, XML_DATA, TAGS) if self.tags else self.names

    def find(self, name: str, option: str, position: int) -> Property:
        """
        The property called *name*, in any case.

        Raises:
            InvalidQuery: there is none; *option* and *position* say where it was named.
        """
        found = self.properties.get(name.lower())
        if found is None:
            raise refuse(option, self._unknown(name), name, position)
        return found

    def _unknown(self, name: str) -> str:
        if self.tags and name.lower() == TAGS:
            return f"{TAGS} is a list; ask for example {TAGS}/any(t: t/key eq 'Rack' and t/value eq '7')"
        if self.tags and name.lower() == XML_DATA.lower():
            return f"{XML_DATA} can only be asked for a tag, as in {XML_DATA} eq '//Rack'"
        known = (property.name for property in self.properties.values())
        return f"there is no property {name[:80]}. {suggestion(name, known)}"

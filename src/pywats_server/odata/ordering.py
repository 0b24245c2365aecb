"""Reads `$orderby` and `$select`: lists of property names, over the same allow-list as filters."""

import re
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement

from pywats_server.odata.entity import Entity, Property
from pywats_server.odata.refusal import ORDERBY, SELECT, refuse, shown, suggestion

ITEM_LIMIT: Final = 16
"""Properties in one `$orderby`."""
LENGTH_LIMIT: Final = 4096
"""Characters of a `$orderby` or `$select`."""

_WORD: Final = re.compile(r"\S+")


def compile_orderby(text: str | None, entity: Entity) -> list[ColumnElement[Any]]:
    """
    The order that the `$orderby` *text* asks for, always ended by the key of *entity*, so that pages never overlap.

    Null is lower than everything, on every database. Nothing, or blanks, ask for the key alone.

    Raises:
        InvalidQuery: *text* names an unknown property, or is no list of `property [asc|desc]`.
    """
    order: list[ColumnElement[Any]] = []
    for position, item in _items(text, ORDERBY) if text and text.strip() else ():
        if len(order) == ITEM_LIMIT:
            raise refuse(ORDERBY, f"an order has at most {ITEM_LIMIT} properties", item, position)
        found, descending = _read_item(item, position, entity)
        order.append(_ordered(found, descending))
        if found.column is entity.key:
            return order
    return [*order, entity.key.asc()]


def parse_select(text: str, entity: Entity) -> tuple[str, ...]:
    """
    The names that the `$select` *text* asks for, spelt as on the wire and each once; `*` asks for all.

    Raises:
        InvalidQuery: *text* holds an unknown name, or none.
    """
    accepted = {name.lower(): name for name in entity.selectable}
    chosen: dict[str, None] = {}
    for position, name in _items(text, SELECT):
        if name == "*":
            chosen.update(dict.fromkeys(entity.selectable))
        elif name.lower() in accepted:
            chosen[accepted[name.lower()]] = None
        else:
            unknown = f"there is no property {shown(name)}. {suggestion(name, entity.selectable)}"
            raise refuse(SELECT, unknown, name, position)
    return tuple(chosen)


def _items(text: str, option: str) -> Iterator[tuple[int, str]]:
    """The items between the commas, each with its position and without the blanks around it."""
    if len(text) > LENGTH_LIMIT:
        raise refuse(option, f"this has {len(text)} characters; at most {LENGTH_LIMIT} are read", "", LENGTH_LIMIT)
    position = 0
    for piece in text.split(","):
        item = piece.strip()
        if not item:
            raise refuse(option, "expected the name of a property", item, position)
        yield position + piece.index(item), item
        position += len(piece) + 1


def _read_item(item: str, position: int, entity: Entity) -> tuple[Property, bool]:
    name, *rest = _WORD.finditer(item)
    found = entity.find(name.group(), ORDERBY, position)
    if not rest:
        return found, False
    direction = rest[0].group().lower()
    if len(rest) > 1 or direction not in ("asc", "desc"):
        wrong = rest[-1] if direction in ("asc", "desc") else rest[0]
        expected = "expected asc, desc or a comma after the name of a property"
        raise refuse(ORDERBY, f"{expected}, not {shown(wrong.group())}", wrong.group(), position + wrong.start())
    return found, direction == "desc"


def _ordered(found: Property, descending: bool) -> ColumnElement[Any]:
    order = found.column.desc() if descending else found.column.asc()
    if not found.nullable:
        return order
    return order.nulls_last() if descending else order.nulls_first()

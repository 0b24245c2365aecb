"""What a filter demands, part by part, and which parts have an index that tells the assets they leave."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, select, text, union_all

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.odata import Tags, compile_filter, parse_filter
from pywats_server.odata.entity import Entity
from pywats_server.odata.functions import NOW
from pywats_server.odata.tree import Call, Comparison, Exists, Junction, Literal, Member, Membership, Name, Node
from pywats_server.store import texts
from pywats_server.store.documents import ASSET
from pywats_server.store.overview import never_calibrated
from pywats_server.store.tables import (
    COUNTS_ARE_FINE,
    COUNTS_ARE_NOT_FINE,
    IN_ANY_STATE,
    asset,
    asset_tag,
    asset_type,
)

Keys = Select[tuple[int]]


@dataclass(frozen=True, slots=True)
class Part:
    """
    One of the conditions that all have to hold.

    Args:
        keys: Selects, by an index alone, the keys of all assets for which it holds, and perhaps of others; None where
            no index does.
        about: The property that it is about, if it is about one.
        is_one: Whether it asks for a single value of it.
        is_exact: Whether the keys are of no other assets.
    """

    condition: ColumnElement[bool]
    keys: Keys | None = None
    about: str | None = None
    is_one: bool = False
    is_exact: bool = True


@lru_cache(maxsize=256)
def parts(filter: str | None, search: str | None) -> tuple[Part, ...]:
    """
    Return the parts of a filter, and of words that somebody looks for.

    Raises:
        InvalidQuery: The filter cannot be read.
    """
    node = parse_filter(filter) if filter and filter.strip() else None
    return (*_of_filter(node), *_of_words(texts.Words.of(search)))


def check_filter(filter: str) -> None:
    """
    Let a filter pass that assets can be asked for.

    Raises:
        InvalidQuery: It cannot be read.
    """
    parts(filter, None)


def _of_words(words: texts.Words) -> Iterator[Part]:
    if words.condition is not None:
        found = texts.may_have(words) if words.trigrams else words.condition
        about = None if words.trigrams else "serialNumber"
        yield Part(words.condition, select(asset.c.key).where(found), about, is_exact=not words.trigrams)


def _of_filter(node: Node | None) -> Iterator[Part]:
    """Yield a part for each operand of the outermost `and`; those about the same property are one."""
    if node is None:
        return
    together: dict[str, list[Node]] = {}
    for operand in _operands(node):
        about = _about(operand)
        if about is None:
            yield _part([operand], None)
        else:
            together.setdefault(about, []).append(operand)
    for about, nodes in together.items():
        yield _part(nodes, about)


def _operands(node: Node) -> Iterator[Node]:
    """Yield what is joined by `and`, brackets aside."""
    if isinstance(node, Junction) and node.operator == "and":
        for operand in node.operands:
            yield from _operands(operand)
    else:
        yield node


def _about(node: Node) -> str | None:
    """Return the name of the one property that a part compares with values."""
    match node:
        case Comparison(operator="ne"):
            return None
        case Comparison(left=Name(name=name), right=Literal() | Call(function="now")):
            return _spelt(name)
        case Membership(item=Name(name=name)) | Name(name=name):
            return _spelt(name)
        case Call(function="startswith", arguments=(Name(name=name), Literal())):
            return _spelt(name)
        case _:
            return None


def _spelt(name: str) -> str | None:
    """Return a property's name as it stands on the wire; None when there is no such property."""
    found = ASSET.properties.get(name.lower())
    return None if found is None else found.name


def _part(nodes: Sequence[Node], about: str | None) -> Part:
    condition = _all([compile_filter(node, ASSET) for node in nodes])
    narrow = _NARROWING.get(about) if about else _by_tag
    is_one = len(nodes) == 1 and isinstance(nodes[0], Comparison) and nodes[0].operator == "eq"
    if about in _OF_TYPE:
        condition = _of_type(condition, is_one=is_one)
    # Some assets that may be in warning are in alarm.
    is_exact = about != "alarmState" or AssetAlarmState.ALARM in set.intersection(*map(_values, nodes))
    return Part(condition, narrow and narrow(condition, nodes), about, is_one, is_exact)


def _of_type(condition: ColumnElement[bool], *, is_one: bool) -> ColumnElement[bool]:
    keys = select(asset_type.c.key).where(condition)
    # One key, said as one, is looked for in the order that an index has behind it.
    return asset.c.type_key == keys.scalar_subquery() if is_one else asset.c.type_key.in_(keys)


def _all(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *others = conditions
    for other in others:
        first = first & other
    return first


# Ways to the keys.


def _plainly(condition: ColumnElement[bool], _: Sequence[Node]) -> Keys:
    return select(asset.c.key).where(condition)


def _by_tag(_: ColumnElement[bool], nodes: Sequence[Node]) -> Keys | None:
    """Select by the tags that fit, where the key of one is asked for."""
    node = nodes[0]
    if not isinstance(node, Exists) or not any(map(_is_key, _operands(node.condition) if node.condition else ())):
        return None
    return select(asset_tag.c.asset_key).where(compile_filter(node, _TAGGED))


def _is_key(node: Node) -> bool:
    match node:
        case Comparison(operator="eq", left=Member(name=name), right=Literal()):
            return name.lower() == "key"
        case _:
            return False


def _in_some_state(condition: ColumnElement[bool], _: Sequence[Node]) -> Keys:
    return select(asset.c.key).where(text(IN_ANY_STATE), condition)


def _near_count_limit(_: ColumnElement[bool], nodes: Sequence[Node]) -> Keys | None:
    return select(asset.c.key).where(text(COUNTS_ARE_NOT_FINE)) if _is_true(nodes) else None


def _never_calibrated(_: ColumnElement[bool], nodes: Sequence[Node]) -> Keys | None:
    return select(asset.c.key).where(never_calibrated) if _is_true(nodes) else None


def _is_true(nodes: Sequence[Node]) -> bool:
    return any(isinstance(node, Name) or (isinstance(node, Comparison) and _values(node) == {True}) for node in nodes)


def _alarmed(_: ColumnElement[bool], nodes: Sequence[Node]) -> Keys | None:
    """Select what can be in alarm, or in warning: by parts that have nothing in common, because an OR has no index."""
    states = set.intersection(*map(_values, nodes))
    keys: list[Keys] = []
    if AssetAlarmState.ALARM in states:
        keys.append(_keys(asset.c.alarm_at <= NOW, asset.c.count_level != int(AssetAlarmState.ALARM)))
        keys.append(_keys(text(COUNTS_ARE_NOT_FINE), asset.c.count_level == int(AssetAlarmState.ALARM)))
    if AssetAlarmState.WARNING in states:
        keys.append(_keys(text(COUNTS_ARE_FINE), asset.c.warning_at <= NOW))
        keys.append(_keys(text(COUNTS_ARE_NOT_FINE), asset.c.count_level == int(AssetAlarmState.WARNING)))
    # All that is fine is most of the factory.
    if not keys or AssetAlarmState.OK in states:
        return None
    return select(union_all(*keys).subquery().c.key)


def _keys(*conditions: Any) -> Keys:
    return select(asset.c.key).where(*conditions)


def _values(node: Node) -> set[object]:
    """Return the values that a part asks for, as far as they are said as numbers or truth values."""
    match node:
        case Comparison(operator="eq", right=Literal(value=value)):
            return {value}
        case Membership(choices=choices):
            return {choice.value for choice in choices}
        case _:
            return set()


_OF_TYPE = frozenset({"typeId", "typeName"})
_NARROWING: dict[str, Callable[[ColumnElement[bool], Sequence[Node]], Keys | None]] = {
    **dict.fromkeys(
        (
            *("assetId", "serialNumber", "typeId", "typeName", "location"),
            *("dueDate", "calibrationDueDate", "maintenanceDueDate", "nextCalibrationDate", "nextMaintenanceDate"),
        ),
        _plainly,
    ),
    "state": _in_some_state,
    "alarmState": _alarmed,
    "nearCountLimit": _near_count_limit,
    "neverCalibrated": _never_calibrated,
}


def _itself(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition


# What is asked of an asset's tags, as a condition on the tags themselves.
_TAGGED = Entity(ASSET.properties, ASSET.key, Tags(asset_tag.c.tag_key, asset_tag.c.tag_value, _itself))

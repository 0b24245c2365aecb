"""The tree as it is opened: what stands at its top, and how much stands below."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, literal_column, not_, select

from pywats_server.instants import Instant
from pywats_server.store.assets import alarm_state
from pywats_server.store.database import Connection
from pywats_server.store.family import Child, child, has_children, selected
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset

_IN_ORDER = asset.c.serial_number >= bindparam("start", required=True)
# Said so that no index helps: most pages are full long before all that has no parent is found and sorted.
_IS_TOP = func.coalesce(asset.c.parent_key, 0) == literal_column("0")
_STATIONS = selected(_IN_ORDER, _IS_TOP, has_children)
_LOOSE_OF_MANY = selected(_IN_ORDER, _IS_TOP, not_(has_children))
_top, _mounted = asset.alias("top"), asset.alias("mounted")
# By one index, so that no asset is read that has others in it.
_ALONE = select(_top.c.key).where(_top.c.parent_key.is_(None), ~exists().where(_mounted.c.parent_key == _top.c.key))
_LOOSE_OF_FEW = selected(_IN_ORDER, asset.c.key.in_(_ALONE))
_FEW = 50_000
_MANY = Statement(select(asset.c.key).where(asset.c.parent_key.is_(None)).limit(1).offset(_FEW))
_MOUNTED = selected(_IN_ORDER, asset.c.parent_key == bindparam("parent", required=True))


async def stations(connection: Connection, now: Instant, start: str, top: int) -> list[Child]:
    """Return up to *top* assets that are in no other and have others in them, by serial number from *start* on."""
    return [child(row) for row in await connection.fetch_all(_STATIONS, now=now, start=start, top=top)]


async def loose(connection: Connection, now: Instant, start: str, top: int) -> list[Child]:
    """Return up to *top* assets that are in no other and have none in them, by serial number from *start* on."""
    # There may be none at all, and then going through everything in order takes long. A few are looked through instead.
    statement = _LOOSE_OF_MANY if await connection.fetch_one(_MANY) else _LOOSE_OF_FEW
    return [child(row) for row in await connection.fetch_all(statement, now=now, start=start, top=top)]


async def mounted(connection: Connection, now: Instant, start: str, top: int, *, parent: int) -> list[Child]:
    """Return up to *top* assets that are mounted right in *parent*, by serial number from *start* on."""
    rows = await connection.fetch_all(_MOUNTED, parent=parent, now=now, start=start, top=top)
    return [child(row) for row in rows]


class Below(Struct, frozen=True):
    """How many assets stand below another, at whatever depth, and how many of them are in alarm and in warning."""

    assets: int = 0
    in_alarm: int = 0
    in_warning: int = 0


def _below() -> Select[Any]:
    columns = (asset.c.key, alarm_state.label("level"))
    start = select(asset.c.parent_key.label("root"), *columns).where(one_of(asset.c.parent_key, "roots"))
    tree = start.cte("below", recursive=True)
    tree = tree.union_all(select(tree.c.root, *columns).where(asset.c.parent_key == tree.c.key))
    found = select(tree).limit(bindparam("most", required=True)).subquery("found")
    numbers = (func.count(), _number(found.c.level == 2), _number(found.c.level == 1))
    return select(found.c.root, *numbers).group_by(found.c.root)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_BELOW = Statement(_below())


async def below(connection: Connection, keys: Collection[int], now: Instant, most: int) -> dict[int, Below]:
    """Return by key what stands below each asset that has something there, until *most* in all are counted."""
    if not keys:
        return {}
    rows = await connection.fetch_all(_BELOW, roots=list(keys), now=now, most=most)
    return {root: Below(*numbers) for root, *numbers in rows}

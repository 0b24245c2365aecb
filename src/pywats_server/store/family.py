"""What stands right above and right below an asset, as it is shown: the way up to the top, and children by pages."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.instants import Instant
from pywats_server.store.assets import alarm_state
from pywats_server.store.database import Connection, Row
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_type


class Ancestor(Struct, frozen=True):
    """An asset that another is mounted in, right there or further up."""

    asset_id: str
    serial_number: str
    asset_name: str | None


class Child(Struct, frozen=True):
    """
    An asset that is mounted right in another.

    Attributes:
        alarm_state: Its own.
        bubbled: The worst alarm state of it and of everything below it.
    """

    key: int
    asset_id: str
    serial_number: str
    asset_name: str | None
    type_name: str
    location: str | None
    state: AssetState
    alarm_state: AssetAlarmState
    bubbled: AssetAlarmState
    has_children: bool


def _above() -> Select[Any]:
    start = (
        select(asset.c.key, asset.c.parent_key, bindparam("height_of_leaf", 0).label("height"))
        .where(asset.c.key == bindparam("leaf"))
        .cte("path", recursive=True)
    )
    path = start.union_all(
        select(asset.c.key, asset.c.parent_key, start.c.height + 1).where(asset.c.key == start.c.parent_key)
    )
    shown = select(asset.c.asset_id, asset.c.serial_number, asset.c.asset_name)
    return shown.join(path, path.c.key == asset.c.key).where(path.c.height > 0).order_by(path.c.height.desc())


_ABOVE = Statement(_above())


async def ancestors(connection: Connection, key: int) -> list[Ancestor]:
    """Return what an asset is mounted in, from the top of its tree down to its parent."""
    return [Ancestor(*row) for row in await connection.fetch_all(_ABOVE, leaf=key)]


_below = asset.alias("below")
has_children = exists().where(_below.c.parent_key == asset.c.key).correlate(asset)
"""Whether something is mounted right in an asset, as a column."""


def selected(*conditions: ColumnElement[bool]) -> Statement:
    """Find up to `top` assets that fit, by serial number, as `child` reads them."""
    columns = (
        asset.c.key,
        asset.c.asset_id,
        asset.c.serial_number,
        asset.c.asset_name,
        asset_type.c.type_name,
        asset.c.location,
        asset.c.state,
        alarm_state,
        has_children,
    )
    found = select(*columns).join(asset_type, asset_type.c.key == asset.c.type_key).where(*conditions)
    return Statement(found.order_by(asset.c.serial_number).limit(bindparam("top", required=True)))


_CHILDREN = selected(asset.c.parent_key == bindparam("parent"), asset.c.serial_number > bindparam("after"))


def child(row: Row) -> Child:
    """Read a row of what is `selected`; nothing below is known of it yet."""
    key, asset_id, serial_number, asset_name, type_name, location, state, own, has_children = row
    level = AssetAlarmState(own)
    return Child(
        key=key,
        asset_id=asset_id,
        serial_number=serial_number,
        asset_name=asset_name,
        type_name=type_name,
        location=location,
        state=AssetState(state),
        alarm_state=level,
        bubbled=level,
        has_children=bool(has_children),
    )


async def children(connection: Connection, key: int, now: Instant, after: str, top: int) -> list[Child]:
    """Return up to *top* direct children of an asset by serial number, those that come behind *after*."""
    rows = await connection.fetch_all(_CHILDREN, parent=key, now=now, after=after, top=top)
    found = [child(row) for row in rows]
    worst = await worst_of_each(connection, [one.key for one in found if one.has_children], now)
    return [structs.replace(one, bubbled=worst.get(one.key, one.bubbled)) for one in found]


def _worst() -> Select[Any]:
    top = (
        select(asset.c.key.label("root"), asset.c.key).where(one_of(asset.c.key, "roots")).cte("trees", recursive=True)
    )
    trees = top.union_all(select(top.c.root, asset.c.key).where(asset.c.parent_key == top.c.key))
    joined = trees.join(asset, asset.c.key == trees.c.key)
    return select(trees.c.root, func.max(alarm_state)).select_from(joined).group_by(trees.c.root)


_WORST = Statement(_worst())


async def worst_of_each(connection: Connection, keys: Collection[int], now: Instant) -> dict[int, AssetAlarmState]:
    """Return, by key, the worst alarm state of each asset and of everything below it."""
    if not keys:
        return {}
    rows = await connection.fetch_all(_WORST, roots=list(keys), now=now)
    return {key: AssetAlarmState(worst) for key, worst in rows}

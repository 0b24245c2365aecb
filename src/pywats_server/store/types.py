"""Asset types as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from pywats_server.rules.ids import as_kept
from pywats_server.rules.model import Demands
from pywats_server.store.database import Connection, Row
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_type


@dataclass(frozen=True, slots=True)
class StoredType:
    """An asset type as stored."""

    key: int
    type_id: str
    type_name: str
    is_readonly: bool
    icon: str | None
    demands: Demands


def _stored() -> Select[Any]:
    return select(
        asset_type.c.key,
        asset_type.c.type_id,
        asset_type.c.type_name,
        asset_type.c.is_readonly,
        asset_type.c.icon,
        asset_type.c.running_count_limit,
        asset_type.c.total_count_limit,
        asset_type.c.calibration_interval_days,
        asset_type.c.maintenance_interval_days,
        asset_type.c.warning_threshold_percent,
        asset_type.c.alarm_threshold_percent,
    )


def _type(row: Row) -> StoredType:
    key, type_id, name, is_readonly, icon, *demands = row
    return StoredType(key, type_id, name, bool(is_readonly), icon, Demands(*demands))


_BY_ID = Statement(_stored().where(asset_type.c.type_id == bindparam("type_id")))
_BY_NAME = Statement(_stored().where(asset_type.c.type_name == bindparam("type_name")))
_IN_USE = Statement(select(func.count()).select_from(asset).where(asset.c.type_key == bindparam("type_key")))
_by_type = select(asset.c.type_key, func.count().label("assets")).group_by(asset.c.type_key).subquery("by_type")
_IN_USE_BY_TYPE = Statement(
    select(asset_type.c.type_id, _by_type.c.assets).join(_by_type, _by_type.c.type_key == asset_type.c.key)
)
_DELETE = Statement(delete(asset_type).where(asset_type.c.key == bindparam("key")))


async def find_by_id(connection: Connection, type_id: str) -> StoredType | None:
    """Return the type with this id, in whatever form the id is written."""
    row = await connection.fetch_one(_BY_ID, type_id=as_kept(type_id))
    return None if row is None else _type(row)


async def find_by_name(connection: Connection, type_name: str) -> StoredType | None:
    """Return the type with exactly this name."""
    row = await connection.fetch_one(_BY_NAME, type_name=type_name)
    return None if row is None else _type(row)


async def add(connection: Connection, columns: Mapping[str, Any]) -> None:
    """Store a new type."""
    await connection.execute(Statement(insert(asset_type).values(dict(columns))))


async def change(connection: Connection, key: int, columns: Mapping[str, Any]) -> None:
    """Store changed *columns* of a type."""
    await connection.execute(Statement(update(asset_type).where(asset_type.c.key == key).values(dict(columns))))


async def count_assets(connection: Connection, key: int) -> int:
    """Return how many assets use the type."""
    row = await connection.fetch_one(_IN_USE, type_key=key)
    return int(row[0]) if row else 0


async def count_assets_by_type(connection: Connection) -> dict[str, int]:
    """Return how many assets use each type that is in use, by its id."""
    rows = await connection.fetch_all(_IN_USE_BY_TYPE)
    return {row[0]: row[1] for row in rows}


async def remove(connection: Connection, key: int) -> None:
    """Delete the type."""
    await connection.execute(_DELETE, key=key)

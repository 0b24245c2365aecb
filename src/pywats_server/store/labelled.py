"""What labels say of assets, and which serial numbers stand beside each other."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, select

from pywats_server.instants import Instant
from pywats_server.store.database import Connection
from pywats_server.store.sets import one_of
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_type


class Labelled(Struct, frozen=True):
    """An asset as far as a label tells of it; due dates are those that follow from an interval, too."""

    asset_id: str
    serial_number: str
    asset_name: str | None
    part_number: str | None
    location: str | None
    type_name: str
    last_calibration_at: Instant | None
    calibration_due_at: Instant | None
    last_maintenance_at: Instant | None
    maintenance_due_at: Instant | None


_COLUMNS = (
    asset.c.asset_id,
    asset.c.serial_number,
    asset.c.asset_name,
    asset.c.part_number,
    asset.c.location,
    asset_type.c.type_name,
    asset.c.last_calibration_at,
    asset.c.calibration_due_at,
    asset.c.last_maintenance_at,
    asset.c.maintenance_due_at,
)


def _where(condition: ColumnElement[bool]) -> Statement:
    return Statement(
        select(*_COLUMNS)
        .select_from(asset.join(asset_type, asset_type.c.key == asset.c.type_key))
        .where(condition)
        .order_by(asset.c.serial_number)
    )


_BY_ID = _where(one_of(asset.c.asset_id, "names"))
_BY_SERIAL = _where(one_of(asset.c.serial_number, "names"))
_FROM = Statement(
    select(asset.c.serial_number)
    .where(asset.c.serial_number >= bindparam("serial_number"))
    .order_by(asset.c.serial_number)
    .limit(bindparam("most"))
)
_BEFORE = Statement(
    select(asset.c.serial_number)
    .where(asset.c.serial_number < bindparam("serial_number"))
    .order_by(asset.c.serial_number.desc())
    .limit(bindparam("most"))
)


async def by_id(connection: Connection, asset_ids: Sequence[str]) -> list[Labelled]:
    """Return those of the assets that exist, by serial number."""
    return [Labelled(*row) for row in await connection.fetch_all(_BY_ID, names=list(asset_ids))]


async def by_serial(connection: Connection, serial_numbers: Sequence[str]) -> list[Labelled]:
    """Return the assets that have exactly one of these serial numbers, by serial number."""
    return [Labelled(*row) for row in await connection.fetch_all(_BY_SERIAL, names=list(serial_numbers))]


async def neighbours(connection: Connection, serial_number: str, most: int) -> list[str]:
    """Return the serial numbers next to *serial_number* in their order, at most *most* on each side."""
    before = await connection.fetch_all(_BEFORE, serial_number=serial_number, most=most)
    after = await connection.fetch_all(_FROM, serial_number=serial_number, most=most)
    return [row[0] for row in (*reversed(before), *after)]

"""Assets whose serial numbers begin with what somebody has typed so far."""

from sqlalchemy import bindparam, func, select

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_type

# Behind every character that a serial number can have.
_LAST = "\U0010ffff"

_BEGINNING = Statement(
    select(asset.c.serial_number, func.coalesce(asset.c.asset_name, asset_type.c.type_name))
    .join(asset_type, asset_type.c.key == asset.c.type_key)
    .where(asset.c.serial_number >= bindparam("first"), asset.c.serial_number < bindparam("last"))
    .order_by(asset.c.serial_number)
    .limit(bindparam("top"))
)


async def beginning_with(connection: Connection, typed: str, top: int) -> list[tuple[str, str]]:
    """Return up to *top* serial numbers that begin with *typed*, each with the asset's name or that of its type."""
    rows = await connection.fetch_all(_BEGINNING, first=typed, last=typed + _LAST, top=top)
    return [(serial, name) for serial, name in rows]

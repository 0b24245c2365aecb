"""The log of assets. Entries are only ever added; deleting an asset moves them to the archive as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, log_entry


@dataclass(frozen=True, slots=True)
class Entry:
    """A log entry with its place in the asset's chain."""

    date: str
    user: str | None
    type: int
    property: str | None
    old_value: str | None
    value: str | None
    comment: str | None
    principal: str
    previous_hash: str
    hash: str


_NAMES = Entry.__slots__
_INSERT = Statement(
    insert(log_entry).values(
        {"asset_key": bindparam("asset_key", required=True)} | {name: bindparam(name, required=True) for name in _NAMES}
    )
)
_HEAD = Statement(select(asset.c.asset_id, asset.c.log_head).where(asset.c.key == bindparam("key")))
_SET_HEAD = Statement(update(asset).where(asset.c.key == bindparam("of_key")).values(log_head=bindparam("head")))


async def head(connection: Connection, asset_key: int) -> tuple[str, str]:
    """Return the id of an asset and the hash of its newest entry."""
    row = await connection.fetch_one(_HEAD, key=asset_key)
    if row is None:
        raise LookupError(f"no asset has the key {asset_key}")
    return row[0], row[1]


async def add(connection: Connection, asset_key: int, entry: Entry) -> None:
    """Store *entry* as the asset's newest."""
    await connection.execute(_INSERT, **_columns(asset_key, entry))
    await connection.execute(_SET_HEAD, of_key=asset_key, head=entry.hash)


async def add_many(connection: Connection, entries: Sequence[tuple[int, Entry]]) -> None:
    """Store entries, each with the key of its asset; the newest of each asset is for the caller to tell there."""
    await connection.execute_many(_INSERT, [_columns(asset_key, entry) for asset_key, entry in entries])


def _columns(asset_key: int, entry: Entry) -> dict[str, Any]:
    return {"asset_key": asset_key} | {name: getattr(entry, name) for name in _NAMES}

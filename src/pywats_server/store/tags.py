"""The tags of assets: pairs of key and value, in the order in which they were set."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset_tag

Tags = Sequence[tuple[str, str]]

_OF_ASSET = Statement(
    select(asset_tag.c.tag_key, asset_tag.c.tag_value)
    .where(asset_tag.c.asset_key == bindparam("asset_key"))
    .order_by(asset_tag.c.position)
)
_INSERT = Statement(insert(asset_tag).values({column.name: bindparam(column.name) for column in asset_tag.columns}))
_CLEAR = Statement(delete(asset_tag).where(asset_tag.c.asset_key == bindparam("of_key")))


async def of_asset(connection: Connection, key: int) -> list[tuple[str, str]]:
    """Return an asset's tags."""
    return [(row[0], row[1]) for row in await connection.fetch_all(_OF_ASSET, asset_key=key)]


async def replace(connection: Connection, key: int, tags: Tags) -> None:
    """Give an asset exactly these tags."""
    await connection.execute(_CLEAR, of_key=key)
    for position, (tag_key, tag_value) in enumerate(tags):
        await connection.execute(_INSERT, asset_key=key, tag_key=tag_key, tag_value=tag_value, position=position)

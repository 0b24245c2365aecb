"""Files attached to assets, kept in the database itself, so that a backup holds them and a transaction covers them."""

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select

from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset_file


class StoredFile(Struct, frozen=True):
    """A file without its bytes."""

    name: str
    size_bytes: int
    sha256: str


_NAMES = Statement(
    select(asset_file.c.name).where(asset_file.c.asset_key == bindparam("asset_key")).order_by(asset_file.c.name)
)
_LISTED = Statement(
    select(asset_file.c.name, asset_file.c.size_bytes, asset_file.c.sha256)
    .where(asset_file.c.asset_key == bindparam("asset_key"))
    .order_by(asset_file.c.name)
)
_ONE = (asset_file.c.asset_key == bindparam("of_key")) & (asset_file.c.name == bindparam("of_name"))
_CONTENT = Statement(select(asset_file.c.content).where(_ONE))
_DIGEST = Statement(select(asset_file.c.sha256).where(_ONE))
_DELETE = Statement(delete(asset_file).where(_ONE))
_INSERT = Statement(
    insert(asset_file).values(
        {column.name: bindparam(column.name) for column in asset_file.columns if column is not asset_file.c.key}
    )
)


async def names(connection: Connection, asset_key: int) -> list[str]:
    """Return the names of an asset's files, sorted."""
    return [row[0] for row in await connection.fetch_all(_NAMES, asset_key=asset_key)]


async def listed(connection: Connection, asset_key: int) -> list[StoredFile]:
    """Return an asset's files, sorted by name."""
    return [StoredFile(*row) for row in await connection.fetch_all(_LISTED, asset_key=asset_key)]


async def content(connection: Connection, asset_key: int, name: str) -> bytes | None:
    """Return a file's bytes, or None when the asset has no file of this name."""
    row = await connection.fetch_one(_CONTENT, of_key=asset_key, of_name=name)
    return None if row is None else bytes(row[0])


async def digest(connection: Connection, asset_key: int, name: str) -> str | None:
    """Return the SHA-256 of a file as hex, or None when the asset has no file of this name."""
    row = await connection.fetch_one(_DIGEST, of_key=asset_key, of_name=name)
    return None if row is None else str(row[0])


async def add(connection: Connection, asset_key: int, name: str, sha256: str, data: bytes) -> None:
    """Store a file that the asset does not have yet."""
    await connection.execute(_INSERT, asset_key=asset_key, name=name, size_bytes=len(data), sha256=sha256, content=data)


async def remove(connection: Connection, asset_key: int, name: str) -> None:
    """Delete a file."""
    await connection.execute(_DELETE, of_key=asset_key, of_name=name)

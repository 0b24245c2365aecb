"""Deleted assets with their logs and files. Nothing leaves the archive."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, Table, bindparam, delete, insert, select
from sqlalchemy.sql.dml import Delete, Insert

from pywats_server.rules.ids import as_kept
from pywats_server.store.database import Connection, Row
from pywats_server.store.log import Entry
from pywats_server.store.statement import Statement
from pywats_server.store.tables import archived_asset, archived_file, archived_log_entry, asset_file, log_entry


@dataclass(frozen=True, slots=True)
class ArchivedAsset:
    """A deleted asset as it was read last."""

    key: int
    asset_id: str
    serial_number: str
    deleted_at: str
    deleted_by: str
    document: str


_COLUMNS = [column for column in archived_asset.columns if column is not archived_asset.c.key]
_INSERT = Statement(
    insert(archived_asset)
    .values({column.name: bindparam(column.name, required=True) for column in _COLUMNS})
    .returning(archived_asset.c.key)
)


def _copy(source: Table, target: Table, names: Iterable[str]) -> Insert:
    moved = list(names)
    rows = select(bindparam("archived_key"), *(source.c[name] for name in moved))
    return insert(target).from_select(["archived_key", *moved], rows.where(source.c.asset_key == bindparam("of_key")))


def _clear(source: Table) -> Delete:
    return delete(source).where(source.c.asset_key == bindparam("of_key"))


_FILE = ("name", "size_bytes", "sha256", "content")
_COPY_LOG = Statement(
    _copy(
        log_entry,
        archived_log_entry,
        (
            name
            for name in log_entry.columns.keys()  # noqa: SIM118 - iterating the columns gives columns
            if name != "asset_key"
        ),
    )
)
_COPY_FILES = Statement(_copy(asset_file, archived_file, _FILE))
_CLEAR_LOG = Statement(_clear(log_entry))
_CLEAR_FILES = Statement(_clear(asset_file))


async def add(connection: Connection, asset_key: int, deleted: ArchivedAsset) -> None:
    """Keep *deleted* (its own key is not used yet) and move the log and the files of the asset beside it."""
    row = await connection.fetch_one(
        _INSERT,
        asset_id=deleted.asset_id,
        serial_number=deleted.serial_number,
        deleted_at=deleted.deleted_at,
        deleted_by=deleted.deleted_by,
        document=deleted.document,
    )
    assert row is not None, "an INSERT with RETURNING answers a row"
    for copy, clear in ((_COPY_LOG, _CLEAR_LOG), (_COPY_FILES, _CLEAR_FILES)):
        await connection.execute(copy, archived_key=row[0], of_key=asset_key)
        await connection.execute(clear, of_key=asset_key)


def _assets() -> Select[Row]:
    return select(archived_asset.c.key, *_COLUMNS).order_by(archived_asset.c.key.desc())


_ALL = Statement(_assets().limit(bindparam("top")).offset(bindparam("skip")))
_EARLIER = Statement(
    _assets().where(archived_asset.c.key < bindparam("key", required=True)).limit(bindparam("top", required=True))
)
_BY_ID = Statement(_assets().where(archived_asset.c.asset_id == bindparam("asset_id")))
_BY_SERIAL = Statement(_assets().where(archived_asset.c.serial_number == bindparam("serial_number")))


async def page(connection: Connection, top: int, skip: int) -> list[ArchivedAsset]:
    """Return deleted assets, newest deletion first."""
    return [ArchivedAsset(*row) for row in await connection.fetch_all(_ALL, top=top, skip=skip)]


async def deleted_before(connection: Connection, key: int, top: int) -> list[ArchivedAsset]:
    """Return assets that were deleted before the one with this *key*, newest deletion first."""
    return [ArchivedAsset(*row) for row in await connection.fetch_all(_EARLIER, key=key, top=top)]


async def find_by_id(connection: Connection, asset_id: str) -> list[ArchivedAsset]:
    """Return every deleted asset that had this id."""
    return [ArchivedAsset(*row) for row in await connection.fetch_all(_BY_ID, asset_id=as_kept(asset_id))]


async def find_by_serial(connection: Connection, serial_number: str) -> list[ArchivedAsset]:
    """Return every deleted asset that had this serial number."""
    return [ArchivedAsset(*row) for row in await connection.fetch_all(_BY_SERIAL, serial_number=serial_number)]


_LOG = Statement(
    select(archived_log_entry.c.log_id, *(archived_log_entry.c[name] for name in Entry.__slots__))
    .where(archived_log_entry.c.archived_key == bindparam("archived_key"))
    .order_by(archived_log_entry.c.log_id)
)
_FILES = Statement(
    select(archived_file.c.name)
    .where(archived_file.c.archived_key == bindparam("archived_key"))
    .order_by(archived_file.c.name)
)
_CONTENT = Statement(
    select(archived_file.c.content).where(
        archived_file.c.archived_key == bindparam("of_key"), archived_file.c.name == bindparam("of_name")
    )
)


async def log_of(connection: Connection, key: int) -> list[tuple[int, Entry]]:
    """Return the log of a deleted asset with its numbers, oldest first."""
    return [(row[0], Entry(*row[1:])) for row in await connection.fetch_all(_LOG, archived_key=key)]


async def files_of(connection: Connection, key: int) -> list[str]:
    """Return the names of a deleted asset's files, sorted."""
    return [row[0] for row in await connection.fetch_all(_FILES, archived_key=key)]


async def file_content(connection: Connection, key: int, name: str) -> bytes | None:
    """Return the bytes of a deleted asset's file."""
    row = await connection.fetch_one(_CONTENT, of_key=key, of_name=name)
    return None if row is None else bytes(row[0])

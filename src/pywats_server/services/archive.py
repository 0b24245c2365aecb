"""Reading the archive of deleted assets."""

from dataclasses import dataclass

from pywats_server.errors import InvalidInput, NotFound
from pywats_server.rules.ids import read_id
from pywats_server.rules.texts import is_line
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import archive
from pywats_server.store.archive import ArchivedAsset as ArchivedAsset
from pywats_server.store.log import Entry as Entry


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deleted asset with its numbered log, oldest entry first, and the names of its files."""

    asset: ArchivedAsset
    log: list[tuple[int, Entry]]
    files: list[str]


@use_case(Permission.READ)
async def list_archive(session: Session, ref: AssetRef, top: int, skip: int) -> list[Tombstone]:
    """Return the deleted assets that *ref* names, or, when it names none, all of them, newest deletion first."""
    if ref.asset_id:
        asset_id = read_id(ref.asset_id)
        found = await archive.find_by_id(session.connection, asset_id) if asset_id else []
    elif ref.serial_number:
        found = await _of_serial(session, ref.serial_number)
    else:
        found = await archive.page(session.connection, top, skip)
    return [await _tombstone(session, asset) for asset in found]


async def _of_serial(session: Session, serial_number: str) -> list[ArchivedAsset]:
    return await archive.find_by_serial(session.connection, serial_number) if is_line(serial_number) else []


async def _tombstone(session: Session, asset: ArchivedAsset) -> Tombstone:
    log = await archive.log_of(session.connection, asset.key)
    return Tombstone(asset, log, await archive.files_of(session.connection, asset.key))


NEWEST = 2**62
"""A key behind which all deleted assets stand."""


@use_case(Permission.READ)
async def list_deleted(
    session: Session, serial_number: str | None = None, before: int = NEWEST, top: int = 50
) -> list[ArchivedAsset]:
    """Return the *top* assets that were deleted last before the one with a key, or all that had a serial number."""
    if serial_number is not None:
        return await _of_serial(session, serial_number)
    return await archive.deleted_before(session.connection, before, top)


@use_case(Permission.READ)
async def read_archived_file(session: Session, ref: AssetRef, name: str) -> bytes:
    """Return the bytes of a file of a deleted asset; of several assets of this name, of the one deleted last."""
    if not (ref.asset_id or ref.serial_number):
        raise InvalidInput("The call does not say which asset it means; accepted: id or serialNumber.", field="id")
    for tombstone in await list_archive(session, ref, top=1, skip=0) if is_line(name) else ():
        content = await archive.file_content(session.connection, tombstone.asset.key, name)
        if content is not None:
            return content
    raise NotFound(f"No deleted asset of this name has a file named {name!r}.", field="filename", value=name)

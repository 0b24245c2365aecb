"""Files attached to assets: certificates, photographs, drawings."""

import hashlib
from collections.abc import Sequence

from pywats.domains.asset.enums import AssetLogType
from pywats_server.errors import Conflict, InvalidInput, NotFound, Sentence
from pywats_server.rules.texts import check_name, is_line
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.journal import Event, tell
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import files

_MAX_NAME = 255


@use_case(Permission.READ)
async def list_files(session: Session, ref: AssetRef) -> list[str]:
    """Return the names of an asset's files, sorted."""
    return await files.names(session.connection, (await find(session, ref)).key)


@use_case(Permission.READ)
async def read_file(session: Session, ref: AssetRef, name: str) -> bytes:
    """Return the bytes of a file."""
    asset = await find(session, ref)
    content = await files.content(session.connection, asset.key, name) if is_line(name) else None
    if content is None:
        raise _missing(name, asset.serial_number)
    return content


@use_case(Permission.ATTACH_FILE)
async def attach_file(session: Session, ref: AssetRef, name: str, content: bytes) -> None:
    """
    Attach a file to an asset. The same file again changes nothing.

    Raises:
        Conflict: Another file has the name: evidence is never overwritten.
    """
    check_name(name, "filename", _MAX_NAME)
    asset = await find(session, ref)
    digest = hashlib.sha256(content).hexdigest()
    present = await files.digest(session.connection, asset.key, name)
    if present == digest:
        return
    if present is not None:
        raise Conflict(
            Sentence(
                "The asset %(serial)r has another file named %(name)r already. Attach yours under another name, for "
                "example with its date.",
                serial=asset.serial_number,
                name=name,
            ),
            field="filename",
            value=name,
        )
    await files.add(session.connection, asset.key, name, digest, content)
    await tell(session, asset.key, Event(AssetLogType.UPDATE, "file", None, f"{name} (SHA-256 {digest})"))


@use_case(Permission.ATTACH_FILE)
async def attach_files(session: Session, ref: AssetRef, wanted: Sequence[tuple[str, bytes]]) -> None:
    """
    Attach files, each with its name and its bytes, as `attach_file` does; all or none.

    Raises:
        InvalidInput: There is none.
    """
    if not wanted:
        raise InvalidInput(Sentence("No file came; accepted: one file or several."), field="file")
    for name, content in wanted:
        await attach_file(session, ref, name, content)


@use_case(Permission.DELETE)
async def detach_files(session: Session, ref: AssetRef, names: Sequence[str]) -> None:
    """
    Remove files from an asset, all or none.

    Raises:
        InvalidInput: No name is given.
        NotFound: The asset has no file of a name.
    """
    if not names:
        raise InvalidInput(
            "The call names no file; accepted: a body with an array of file names.", field="body", accepted='["a.pdf"]'
        )
    asset = await find(session, ref)
    for name in dict.fromkeys(names):
        digest = await files.digest(session.connection, asset.key, name) if is_line(name) else None
        if digest is None:
            raise _missing(name, asset.serial_number)
        await files.remove(session.connection, asset.key, name)
        await tell(session, asset.key, Event(AssetLogType.UPDATE, "file", f"{name} (SHA-256 {digest})"))


def _missing(name: str, serial_number: str) -> NotFound:
    message = Sentence("The asset %(serial)r has no file named %(name)r.", serial=serial_number, name=name)
    return NotFound(message, field="filename", value=name)

"""Finds the asset that a caller means."""

from typing import Protocol, TypeVar

from msgspec import Struct

from pywats_server.errors import InvalidInput, NotFound, Sentence
from pywats_server.rules.ids import read_id
from pywats_server.rules.texts import is_line
from pywats_server.services.session import Session
from pywats_server.store import assets
from pywats_server.store.assets import StoredAsset as StoredAsset

_ACCEPTED = "id (the asset's id) or serialNumber"


class AssetRef(Struct, frozen=True):
    """How a caller names an asset: by id, by serial number, or by both, which must then agree."""

    asset_id: str | None = None
    serial_number: str | None = None


async def find(session: Session, ref: AssetRef) -> StoredAsset:
    """
    Return the asset that *ref* names.

    Raises:
        InvalidInput: Neither id nor serial number is given, or they name different assets.
        NotFound: There is no such asset.
    """
    found = None
    if ref.asset_id:
        asset_id = read_id(ref.asset_id)
        found = await assets.find_by_id(session.connection, asset_id) if asset_id else None
    elif ref.serial_number and is_line(ref.serial_number):
        found = await assets.find_by_serial(session.connection, ref.serial_number)
    return agreed(ref, found)


class _Named(Protocol):
    @property
    def serial_number(self) -> str: ...


Found = TypeVar("Found", bound=_Named)


def agreed(ref: AssetRef, found: Found | None) -> Found:
    """
    Return *found*, which was looked for as *ref* says, if it is what *ref* means.

    Raises:
        InvalidInput: *ref* names nothing, or its two names are of different assets.
        NotFound: Nothing was found.
    """
    if not (ref.asset_id or ref.serial_number):
        raise InvalidInput(
            f"The call does not say which asset it means; accepted: {_ACCEPTED}.", field="id", accepted=_ACCEPTED
        )
    if found is None:
        raise missing(ref)
    if ref.serial_number and found.serial_number != ref.serial_number:
        raise InvalidInput(
            f"id {ref.asset_id!r} is the asset with the serial number {found.serial_number!r}, "
            f"not {ref.serial_number!r}. Give one of the two.",
            field="serialNumber",
            value=ref.serial_number,
            accepted=_ACCEPTED,
        )
    return found


def missing(ref: AssetRef) -> NotFound:
    """Return the error for an asset that is not there."""
    if ref.asset_id:
        return NotFound(
            Sentence("There is no asset with the id %(id)r.", id=ref.asset_id), field="id", value=ref.asset_id
        )
    return NotFound(
        Sentence(
            "There is no asset with the serial number %(serial)r. Check it for blanks, and for upper and lower case.",
            serial=ref.serial_number,
        ),
        field="serialNumber",
        value=ref.serial_number,
    )

"""Whether a set-up may be used: the status of several assets at once, and of everything below them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pywats_server.errors import DomainError, InvalidInput, NotFound
from pywats_server.rules.ids import read_id
from pywats_server.rules.texts import is_line
from pywats_server.services.identify import AssetRef, agreed
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.services.status import TreeStatus, reports
from pywats_server.store import assets
from pywats_server.store.assets import StoredAsset

MAX_ASSETS = 1000
"""The most assets that one call may name."""


@dataclass(frozen=True, slots=True)
class Unregistered:
    """An asset that was named and does not exist; the message says so."""

    ref: AssetRef
    message: str


@use_case(Permission.READ)
async def check_readiness(
    session: Session, refs: Sequence[AssetRef], *, include_children: bool
) -> list[TreeStatus | Unregistered]:
    """
    Return the status of the named assets at this moment, in their order and each once; by one statement.

    Those that do not exist come last.

    Args:
        include_children: Whether what stands below them follows, nearest first.

    Raises:
        InvalidInput: There are too many, or a row names no asset, or two.
    """
    if len(refs) > MAX_ASSETS:
        raise InvalidInput(
            f"The call names {len(refs)} assets; accepted: up to {MAX_ASSETS}.",
            field="assets",
            value=len(refs),
            accepted=f"up to {MAX_ASSETS} assets",
        )
    ids = {read_id(ref.asset_id) or "" for ref in refs if ref.asset_id}
    serials = {ref.serial_number for ref in refs if ref.serial_number and is_line(ref.serial_number)}
    found = await assets.find_trees(session.connection, ids, serials)
    named = _named(refs, found)
    top = {asset.key: asset for asset in named if isinstance(asset, StoredAsset)}
    listed = [*top.values(), *(_below(top, found) if include_children else ())]
    missing = (asset for asset in named if isinstance(asset, Unregistered))
    return [*reports(listed, found, session.now), *dict.fromkeys(missing)]


def _named(refs: Sequence[AssetRef], found: Sequence[StoredAsset]) -> list[StoredAsset | Unregistered]:
    """Return the asset that each of *refs* names."""
    by_id = {asset.asset_id: asset for asset in found}
    by_serial = {asset.serial_number: asset for asset in found}
    return [_meant(row, ref, by_id, by_serial) for row, ref in enumerate(refs)]


def _meant(
    row: int, ref: AssetRef, by_id: Mapping[str, StoredAsset], by_serial: Mapping[str, StoredAsset]
) -> StoredAsset | Unregistered:
    asset = by_id.get(read_id(ref.asset_id) or "") if ref.asset_id else by_serial.get(ref.serial_number or "")
    try:
        return agreed(ref, asset)
    except NotFound as error:
        return Unregistered(ref, error.message)
    except DomainError as error:
        raise type(error)(f"Row {row}: {error.message}", row=row, **error.details) from error


def _below(top: Mapping[int, StoredAsset], found: Sequence[StoredAsset]) -> Iterator[StoredAsset]:
    """Yield what stands below the assets at the *top*, nearest first."""
    children: dict[int | None, list[StoredAsset]] = {}
    for asset in found:
        if asset.key not in top:
            children.setdefault(asset.parent_key, []).append(asset)
    level = list(top)
    while below := [child for key in level for child in children.get(key, ())]:
        yield from below
        level = [asset.key for asset in below]

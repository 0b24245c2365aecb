"""The tree of assets: stations, their fixtures, their probes."""

from collections.abc import Sequence

from msgspec import Struct

from pywats_server.errors import NotFound, RuleViolation, Sentence
from pywats_server.services.differences import tell_differences
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.reading import Take, hand_over
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import assets, documents
from pywats_server.store.assets import StoredAsset


@use_case(Permission.READ)
async def list_sub_assets(session: Session, ref: AssetRef, take: Take, level: int = 0) -> None:
    """
    Give what is below an asset to *take*, nearest first, each with its tags.

    Args:
        level: How deep: 1 is the direct children, 0 is everything.
    """
    asset = await find(session, ref)
    await hand_over(documents.list_descendants(session.connection, asset.key, level or None, session.instant), take)


async def existing_parent(session: Session, ref: AssetRef) -> StoredAsset:
    """Return the asset that is to be a parent; a missing one breaks a rule, because the call is about another asset."""
    try:
        return await find(session, ref)
    except NotFound as error:
        field = "parentAssetId" if ref.asset_id else "parentSerialNumber"
        value = ref.asset_id or ref.serial_number
        raise RuleViolation(
            Sentence(
                "%(field)s is %(value)r, but there is no such asset; accepted: an asset that exists, or none.",
                field=field,
                value=value,
            ),
            field=field,
            value=value,
            accepted="an asset that exists, or none",
        ) from error


async def refuse_cycle(session: Session, asset: StoredAsset, parent: StoredAsset | None) -> None:
    """
    Let *parent* be the parent of *asset* only if it does not stand below it.

    Raises:
        RuleViolation: It is the asset itself or one of its descendants.
    """
    if parent is not None and asset.key in await assets.path_keys(session.connection, parent.key):
        raise RuleViolation(
            Sentence(
                "parentAssetId: %(parent)r cannot be the parent of %(asset)r, because it is that asset itself or "
                "stands below it; accepted: an asset outside of it.",
                parent=parent.serial_number,
                asset=asset.serial_number,
            ),
            field="parentAssetId",
            value=parent.asset_id,
            accepted="an asset that is not the asset itself and does not stand below it",
        )


@use_case(Permission.EDIT_ASSET)
async def set_parent(session: Session, parent_id: str | None, asset_ids: Sequence[str]) -> None:
    """Put assets below *parent_id*, or, when it is None, at the top. All or none are moved."""
    parent = await existing_parent(session, AssetRef(parent_id)) if parent_id else None
    for asset_id in asset_ids:
        asset = await find(session, AssetRef(asset_id))
        await refuse_cycle(session, asset, parent)
        before = await documents.asset_document(session.connection, asset.key, session.instant)
        await assets.change(session.connection, asset.key, {"parent_key": parent and parent.key})
        await tell_differences(session, asset.key, before)


class Moved(Struct, frozen=True):
    """An asset that was moved, and what it was and is mounted in; None is nothing."""

    asset: StoredAsset
    before: StoredAsset | None
    after: StoredAsset | None


@use_case(Permission.EDIT_ASSET)
async def move(session: Session, ref: AssetRef, parent: AssetRef | None) -> Moved:
    """Mount an asset in *parent*, or, when that is None, in nothing."""
    asset = await find(session, ref)
    before = None if asset.parent_key is None else await assets.find_by_key(session.connection, asset.parent_key)
    after = None if parent is None else await existing_parent(session, parent)
    await set_parent(session, None if after is None else after.asset_id, [asset.asset_id])
    return Moved(asset, before, after)

"""Creating, editing and deleting assets, and setting their state."""

import json
import uuid
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import structs

from pywats.domains.asset.enums import AssetLogType, AssetState
from pywats_server.errors import Conflict, InvalidInput, PreconditionFailed, Sentence
from pywats_server.instants import instant
from pywats_server.rules import chain, counts, texts
from pywats_server.rules.model import Demands, Facts
from pywats_server.rules.status import alarm_instants, due_dates
from pywats_server.services.differences import tell_differences
from pywats_server.services.drafts import UNSET, AssetDraft, given
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.journal import Event, check_comment, tell, text_of
from pywats_server.services.reading import View, view
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.services.settling import settle, with_next_dates
from pywats_server.services.tags import check_tags
from pywats_server.services.tree import existing_parent, refuse_cycle
from pywats_server.services.types import existing_type
from pywats_server.store import archive, assets, documents, tags
from pywats_server.store.assets import StoredAsset

# Column and wire name of what people write about an asset.
_LINES = {"asset_name": "assetName", "part_number": "partNumber", "revision": "revision", "location": "location"}
_EDITABLE = (*_LINES, "description", "client_id")


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a draft: the asset as it is stored, and whether it is new."""

    asset: StoredAsset
    is_new: bool


@use_case(Permission.EDIT_ASSET)
async def save_asset(
    session: Session,
    draft: AssetDraft,
    *,
    create_only: bool = False,
    if_versions: Container[int] | None = None,
    comment: str | None = None,
) -> Saved:
    """
    Create the asset of *draft*, or update the one that has its id, or else its serial number.

    On update, counts and dates are not touched, fields that were not given stay, and None clears.

    Args:
        create_only: Refuse to update.
        if_versions: Refuse to touch an asset that is in none of these versions.
        comment: Why; it stands beside everything that the log tells of the change.

    Raises:
        InvalidInput: A text is too long or cannot be printed.
        RuleViolation: Type or parent do not exist, or the parent is the asset itself or below it.
        Conflict: The serial number belongs to another asset.
        PreconditionFailed: The asset exists although *create_only*, or is in none of *if_versions*.

    Source: wire-contract.md, `PUT /api/Asset`.
    """
    _check_texts(draft)
    check_comment(comment)
    stored = await _meant(session, draft)
    _check_preconditions(draft, stored, create_only, if_versions)
    key = await (_create(session, draft, comment) if stored is None else _update(session, stored, draft, comment))
    return Saved(await assets.find_by_key(session.connection, key), is_new=stored is None)


@use_case(Permission.EDIT_ASSET)
async def save_and_view(
    session: Session, draft: AssetDraft, *, create_only: bool = False, if_versions: Container[int] | None = None
) -> View:
    """Save an asset as `save_asset` does and return it as it is read."""
    saved = await save_asset(session, draft, create_only=create_only, if_versions=if_versions)
    return await view(session, saved.asset)


def _check_texts(draft: AssetDraft) -> None:
    texts.check_serial_number(draft.serial_number)
    for name, field in _LINES.items():
        value = getattr(draft, name)
        if isinstance(value, str):
            texts.check_line(value, field)
    if isinstance(draft.description, str):
        texts.check_text(draft.description, "description")
    if draft.tags is not UNSET:
        check_tags(draft.tags)


async def _meant(session: Session, draft: AssetDraft) -> StoredAsset | None:
    """Return the asset that the draft is about, if it exists; refuse a serial number that is another's."""
    by_serial = await assets.find_by_serial(session.connection, draft.serial_number)
    if draft.asset_id is None:
        return by_serial
    by_id = await assets.find_by_id(session.connection, draft.asset_id)
    if by_serial is not None and (by_id is None or by_id.key != by_serial.key):
        raise Conflict(
            Sentence(
                "The serial number %(serial)r belongs to another asset (id %(id)s). Serial numbers are unique.",
                serial=draft.serial_number,
                id=by_serial.asset_id,
            ),
            field="serialNumber",
            value=draft.serial_number,
            assetId=by_serial.asset_id,
        )
    return by_id


def _check_preconditions(
    draft: AssetDraft, stored: StoredAsset | None, create_only: bool, if_versions: Container[int] | None
) -> None:
    if create_only and stored is not None:
        raise PreconditionFailed(
            Sentence(
                "An asset with the serial number %(serial)r exists already (id %(id)s).",
                serial=stored.serial_number,
                id=stored.asset_id,
            ),
            field="serialNumber",
            value=stored.serial_number,
            assetId=stored.asset_id,
        )
    version = stored.version if stored else None
    if if_versions is not None and version not in if_versions:
        gone, newer = Sentence("does not exist"), Sentence("is in version %(version)s now", version=version)
        raise PreconditionFailed(
            Sentence(
                "Somebody changed the asset %(serial)r in the meantime: it %(what)s. "
                "Read it again and repeat your change.",
                serial=draft.serial_number,
                what=gone if version is None else newer,
            ),
            field="If-Match",
            version=version,
        )


async def _create(session: Session, draft: AssetDraft, comment: str | None) -> int:
    asset_type = await existing_type(session, draft.type_id)
    parent = await _parent(session, draft)
    facts = _initial_facts(session, draft, asset_type.demands)
    columns = {
        "asset_id": _asset_id(draft.asset_id),
        "serial_number": draft.serial_number,
        "type_key": asset_type.key,
        "parent_key": parent and parent.key,
        **{name: given(getattr(draft, name), None) for name in _EDITABLE},
        "calibration_by_interval": draft.next_calibration_at is None,
        "maintenance_by_interval": draft.next_maintenance_at is None,
        "version": 1,
        "log_head": chain.START,
    }
    ahead, due = alarm_instants(facts, asset_type.demands), due_dates(facts, asset_type.demands)
    key = await assets.add(session.connection, columns, facts, ahead, due, draft.last_seen_at)
    await tags.replace(session.connection, key, given(draft.tags, ()))
    await tell(session, key, Event(AssetLogType.REGISTER, value=text_of(_registered(draft)), comment=comment))
    return key


def _asset_id(wanted: str | None) -> str:
    if wanted is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(wanted))
    except ValueError:
        raise InvalidInput(
            f"assetId is {wanted!r}, which is no asset's id; accepted: the id of an existing asset, a UUID for a new "
            "one, or nothing to have one made.",
            field="assetId",
            value=wanted,
            accepted="the id of an existing asset, a UUID, or nothing",
        ) from None


def _initial_facts(session: Session, draft: AssetDraft, demands: Demands) -> Facts:
    for field, value in (("runningCount", draft.running_count), ("totalCount", draft.total_count)):
        counts.check_count(field, value or 0)
    facts = Facts(
        state=given(draft.state, AssetState.UNKNOWN),
        first_seen_at=draft.first_seen_at or session.now,
        running_count=draft.running_count or 0,
        total_count=draft.total_count or 0,
        last_calibration_at=draft.last_calibration_at,
        next_calibration_at=draft.next_calibration_at,
        last_maintenance_at=draft.last_maintenance_at,
        next_maintenance_at=draft.next_maintenance_at,
    )
    by_interval = {
        "calibration": draft.next_calibration_at is None,
        "maintenance": draft.next_maintenance_at is None,
    }
    return with_next_dates(facts, demands, **by_interval)


def _registered(draft: AssetDraft) -> dict[str, Any]:
    """Return what an auditor asks about a new asset: from which counts and dates it started."""
    dates: dict[str, datetime | None] = {
        "firstSeenDate": draft.first_seen_at,
        "lastCalibrationDate": draft.last_calibration_at,
        "nextCalibrationDate": draft.next_calibration_at,
        "lastMaintenanceDate": draft.last_maintenance_at,
        "nextMaintenanceDate": draft.next_maintenance_at,
    }
    return {
        "serialNumber": draft.serial_number,
        "runningCount": draft.running_count or 0,
        "totalCount": draft.total_count or 0,
        **{name: instant(at) for name, at in dates.items() if at is not None},
    }


async def _parent(session: Session, draft: AssetDraft) -> StoredAsset | None:
    """Return the parent that the draft names: by id, else by serial number."""
    asset_id, serial = given(draft.parent_asset_id, None), given(draft.parent_serial_number, None)
    if not asset_id and not serial:
        return None
    return await existing_parent(session, AssetRef(asset_id, None if asset_id else serial))


async def _update(session: Session, stored: StoredAsset, draft: AssetDraft, comment: str | None) -> int:
    before = await documents.asset_document(session.connection, stored.key, session.instant)
    columns = _given_columns(draft)
    demands = stored.demands
    if draft.type_id is not None:
        asset_type = await existing_type(session, draft.type_id)
        columns["type_key"], demands = asset_type.key, asset_type.demands
    if draft.parent_asset_id is not UNSET or draft.parent_serial_number is not UNSET:
        parent = await _parent(session, draft)
        await refuse_cycle(session, stored, parent)
        columns["parent_key"] = parent and parent.key
    if draft.tags is not UNSET:
        await tags.replace(session.connection, stored.key, draft.tags)
    await assets.change(session.connection, stored.key, columns)
    state = given(draft.state, stored.facts.state)
    await settle(session, stored, structs.replace(stored.facts, state=state), demands)
    await tell_differences(session, stored.key, before, comment)
    return stored.key


def _given_columns(draft: AssetDraft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in ("serial_number", *_EDITABLE)}
    return {name: value for name, value in values.items() if value is not UNSET}


@use_case(Permission.SET_STATE)
async def set_state(session: Session, ref: AssetRef, state: AssetState, comment: str | None = None) -> None:
    """Set the state of an asset. The state that it has already is not logged again."""
    check_comment(comment)
    asset = await find(session, ref)
    before = await documents.asset_document(session.connection, asset.key, session.instant)
    await settle(session, asset, structs.replace(asset.facts, state=state), asset.demands)
    await tell_differences(session, asset.key, before, comment)


@use_case(Permission.DELETE)
async def delete_asset(session: Session, ref: AssetRef, comment: str | None = None) -> Mapping[str, Any]:
    """
    Delete an asset and return it as it was. Its children move to its parent.

    It stays in the archive, with its log and its files.

    Source: wire-contract.md, `DELETE /api/Asset`.
    """
    check_comment(comment)
    asset = await find(session, ref)
    document = await documents.asset_document(session.connection, asset.key, session.instant)
    await _move_children(session, asset)
    await tell(session, asset.key, Event(AssetLogType.UPDATE, "deleted", "false", "true", comment))
    deleted = archive.ArchivedAsset(
        key=0,
        asset_id=asset.asset_id,
        serial_number=asset.serial_number,
        deleted_at=session.instant,
        deleted_by=session.principal.name,
        document=json.dumps({**document, "tags": [list(tag) for tag in document["tags"]]}, ensure_ascii=False),
    )
    await archive.add(session.connection, asset.key, deleted)
    await assets.remove(session.connection, asset.key)
    return document


async def _move_children(session: Session, asset: StoredAsset) -> None:
    for key in await assets.descendant_keys(session.connection, asset.key, levels=1):
        before = await documents.asset_document(session.connection, key, session.instant)
        await assets.change(session.connection, key, {"parent_key": asset.parent_key})
        await tell_differences(session, key, before)

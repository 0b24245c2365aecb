"""What an import remembers of an asset that it changes, so that it can be undone."""

from collections.abc import Mapping
from typing import Any

from pywats.domains.asset.enums import AssetState
from pywats_server.exchange.compare import Difference, Document
from pywats_server.exchange.outcomes import Trace
from pywats_server.exchange.properties import Property
from pywats_server.instants import instant, moment
from pywats_server.services import work
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.identify import StoredAsset

KINDS = {Property.CALIBRATION_INTERVAL: work.CALIBRATION, Property.MAINTENANCE_INTERVAL: work.MAINTENANCE}
"""The kinds of work by their interval."""

FIELDS = {
    Property.ASSET_NAME: "asset_name",
    Property.PART_NUMBER: "part_number",
    Property.REVISION: "revision",
    Property.STATE: "state",
    Property.DESCRIPTION: "description",
    Property.LOCATION: "location",
}
"""Fields of a draft by the property whose value they have as it is."""


def trace_of(asset: StoredAsset, before: Mapping[str, Any] | None = None) -> Trace:
    """Return the trace of a row that left an *asset* as it is now."""
    facts = asset.facts
    return Trace(asset.asset_id, asset.log_head, facts.running_count, facts.total_count, before)


def before_of(difference: Difference, stored: Document, asset: StoredAsset) -> dict[str, Any]:
    """
    Return as plain data what was there of all that a *difference* changes.

    Args:
        stored, asset: The asset before it was changed.
    """
    before: dict[str, Any] = {str(property): stored[property] for property in FIELDS if property in difference.edits}
    if Property.TYPE_NAME in difference.edits:
        before["typeId"] = asset.type_id
    if Property.PARENT_SERIAL_NUMBER in difference.edits:
        before["parentAssetId"] = stored["parentAssetId"]
    if difference.tags is not None:
        before["tags"] = [list(tag) for tag in stored["tags"]]
    for done in difference.work:
        kind = KINDS[done.interval]
        dates = [None if at is None else instant(at) for at in kind.dates(asset.facts)]
        before[kind.name] = [*dates, kind.is_by_interval(asset)]
    return before


def draft_of(asset: StoredAsset, before: Mapping[str, Any]) -> AssetDraft | None:
    """Return a draft that makes of *asset* what it was, dates of work aside; None where only these were changed."""
    fields: dict[str, Any] = {field: before[property] for property, field in FIELDS.items() if property in before}
    if "state" in fields:
        fields["state"] = AssetState(fields["state"])
    if "typeId" in before:
        fields["type_id"] = before["typeId"]
    if "parentAssetId" in before:
        fields["parent_asset_id"] = before["parentAssetId"]
    if "tags" in before:
        fields["tags"] = [(key, value) for key, value in before["tags"]]
    if not fields:
        return None
    return AssetDraft(asset_id=asset.asset_id, serial_number=asset.serial_number, **fields)


def work_of(before: Mapping[str, Any]) -> list[tuple[work.Kind, work.Dates]]:
    """Return the dates of work that an import changed, as they were."""
    return [(kind, _dates(*before[kind.name])) for kind in KINDS.values() if kind.name in before]


def _dates(last: str | None, next: str | None, by_interval: bool) -> work.Dates:
    last_at, next_at = (None if text is None else moment(text) for text in (last, next))
    return work.Dates(last_at, next_at, by_interval)

"""The form by which an asset is added or edited: what stands in it at first, and what it then wants the asset to be."""

from typing import Any

from pywats_server.pages import asset_forms, days
from pywats_server.pages.asset_actions import Entered
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import slug
from pywats_server.services.dossier import Dossier
from pywats_server.services.drafts import AssetDraft

# What people write about an asset: its name on the wire, and in a draft.
_TEXTS = {
    "serialNumber": "serial_number",
    "assetName": "asset_name",
    "partNumber": "part_number",
    "revision": "revision",
    "location": "location",
    "parentSerialNumber": "parent_serial_number",
    "description": "description",
}
_DONE = {"lastCalibrationDate": "last_calibration_at", "lastMaintenanceDate": "last_maintenance_at"}
_DUE = {"nextCalibrationDate": "next_calibration_at", "nextMaintenanceDate": "next_maintenance_at"}
_COUNTS = {"runningCount": "running_count", "totalCount": "total_count"}

PAST = (*_DONE, *_DUE, *_COUNTS)
"""The fields on what was before the asset was added."""

FIELDS = (*_TEXTS, *PAST, "typeId", "state", "tags", "tags.key", "tags.value", "comment")
"""The names of all fields, beside which it is told what was wrong with them."""


def blank() -> dict[str, Any]:
    """Return what stands in the form for a new asset."""
    return {**dict.fromkeys((*_TEXTS, *PAST, "typeId", "comment"), ""), "state": "in-operation", "tags": []}


def of(dossier: Dossier) -> dict[str, Any]:
    """Return what stands in the form for an asset that there is."""
    stored = dossier.view.document
    texts = {name: stored[name] or "" for name in (*_TEXTS, "typeId")}
    return blank() | texts | {"state": slug(dossier.asset.facts.state), "tags": list(dossier.view.tags)}


def like(dossier: Dossier) -> dict[str, Any]:
    """Return what stands in the form for a new asset that is like one that there is."""
    return of(dossier) | {"serialNumber": ""}


def sent(visit: Visit) -> Entered:
    """Return what stood in the form, as it was filled in."""
    return blank() | {name: visit.field(name) for name in visit.form} | {"tags": asset_forms.tags(visit)}


def draft(visit: Visit, stored: Dossier | None) -> AssetDraft:
    """
    Return what the form wants an asset to be, a new one or that which is *stored*.

    Raises:
        InvalidInput: A date, a number or the state cannot be read.
        RuleViolation: Work was done on a day that has not come yet.
    """
    texts: dict[str, Any] = {name: _text(visit, wire, stored) for wire, name in _TEXTS.items()}
    texts["serial_number"] = texts["serial_number"] or ""
    return AssetDraft(
        **texts,
        **(_past(visit) if stored is None else {}),
        asset_id=None if stored is None else stored.asset.asset_id,
        type_id=visit.field("typeId") or None,
        state=asset_forms.state(visit),
        tags=asset_forms.tags(visit),
    )


def _text(visit: Visit, wire: str, stored: Dossier | None) -> str | None:
    """Return what was written; blanks around it, which a form does not show, stay where nothing else was changed."""
    written = visit.field(wire).replace("\r\n", "\n")
    before = stored.view.document[wire] if stored is not None else None
    return before if before is not None and written == before.strip() else written or None


def _past(visit: Visit) -> dict[str, Any]:
    now = visit.reader.now
    done = {name: days.moment_done(visit.field(wire), wire, visit.reader) for wire, name in _DONE.items()}
    done_now = {name: now for wire, name in _DONE.items() if visit.field(wire) and done[name] is None}
    due = {name: days.first_moment(visit.field(wire), wire, visit.reader) for wire, name in _DUE.items()}
    counts = {name: asset_forms.whole_number(visit, wire) for wire, name in _COUNTS.items()}
    return done | done_now | due | counts

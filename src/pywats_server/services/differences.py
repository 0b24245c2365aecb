"""Logs what a change of an asset made different, property by property, by comparing it before and after."""

from collections.abc import Mapping
from typing import Any

from pywats.domains.asset.enums import AssetLogType
from pywats_server.services.journal import Event, tell, text_of
from pywats_server.services.session import Session
from pywats_server.store import assets, documents

# What people edit, by wire name. Counts and last dates change by calls of their own, which log them;
# next dates are among these because a change of type moves them.
_TOLD = (
    "serialNumber",
    "typeName",
    "parentSerialNumber",
    "assetName",
    "partNumber",
    "revision",
    "ClientId",
    "description",
    "location",
    "nextCalibrationDate",
    "nextMaintenanceDate",
)


async def tell_differences(session: Session, key: int, before: Mapping[str, Any], comment: str | None = None) -> None:
    """
    Add a log entry for every property that is not as in *before*, a document of the asset, and count up its version.

    Where nothing is different, nothing is logged and the version stays.
    """
    after = await documents.asset_document(session.connection, key, session.instant)
    events = [
        Event(AssetLogType.UPDATE, name, text_of(before[name]), text_of(after[name]), comment)
        for name in _TOLD
        if before[name] != after[name]
    ]
    if before["tags"] != after["tags"]:
        events.append(Event(AssetLogType.UPDATE, "tags", _tags(before), _tags(after), comment))
    if before["state"] != after["state"]:
        events.append(Event(AssetLogType.STATE_CHANGE, "state", str(before["state"]), str(after["state"]), comment))
    if events:
        await assets.count_up_version(session.connection, key)
        await tell(session, key, *events)


def _tags(document: Mapping[str, Any]) -> str | None:
    return text_of(dict(document["tags"]))

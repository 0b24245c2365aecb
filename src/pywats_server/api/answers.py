"""The shapes of answers, and how documents and reports become them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, NotRequired

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import TypedDict

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.api.structures import structure, tag_forms
from pywats_server.instants import instant
from pywats_server.rules.model import Monitor, Reading
from pywats_server.rules.wording import describe, describe_reading
from pywats_server.services import batches
from pywats_server.services.archive import Tombstone
from pywats_server.services.readiness import Unregistered
from pywats_server.services.reading import Document, View
from pywats_server.services.status import StatusReport
from pywats_server.services.status import TreeStatus as TreeReport
from pywats_server.services.tokens import StoredToken


class Tag(TypedDict):
    """A tag of an asset."""

    key: str
    value: str


class AssetType(TypedDict):
    """An asset type. Limits are uses, intervals days, thresholds percent."""

    typeId: str
    typeName: str
    runningCountLimit: int | None
    totalCountLimit: int | None
    calibrationInterval: float | None
    maintenanceInterval: float | None
    warningThreshold: float | None
    alarmThreshold: float | None
    isReadonly: bool
    icon: str | None


class AssetItem(TypedDict, total=False):
    """An asset in a list. Dates are UTC without a zone. `$select` leaves properties out."""

    assetId: str
    serialNumber: str
    typeId: str
    typeName: str
    parentAssetId: str | None
    parentSerialNumber: str | None
    assetName: str | None
    partNumber: str | None
    revision: str | None
    ClientId: int | None
    state: int
    alarmState: int
    description: str | None
    location: str | None
    firstSeenDate: str
    lastSeenDate: str | None
    lastMaintenanceDate: str | None
    nextMaintenanceDate: str | None
    lastCalibrationDate: str | None
    nextCalibrationDate: str | None
    totalCount: int
    runningCount: int
    xmlData: str
    tags: list[Tag]


class Asset(AssetItem):
    """One asset, with its type."""

    assetType: AssetType


class Reason(TypedDict):
    """Why an asset is in warning or alarm: `used` of `limit` uses or days."""

    kind: str
    level: int
    message: str
    used: float
    limit: float
    percent: float
    dueDate: NotRequired[str]


class Status(TypedDict):
    """
    What the rules say of an asset now. *Exceeded* and *DaysOverdue* are negative inside the limit, and left out where
    there is none.
    """

    alarmState: int
    status: int
    message: str
    state: int
    bubbledStatus: int
    runningCount: int
    totalCount: int
    runningCountExceeded: NotRequired[int]
    totalCountExceeded: NotRequired[int]
    calibrationDaysOverdue: NotRequired[float]
    maintenanceDaysOverdue: NotRequired[float]
    reasons: list[Reason]


class TreeStatus(Status):
    """The status of one asset of a tree; `parentAssetId` is null for the asset at its top."""

    assetId: str
    serialNumber: str
    parentAssetId: str | None


class UnregisteredAsset(TypedDict):
    """An asset that was asked for and does not exist: `status` is 1, not registered, and `alarmState` an alarm."""

    assetId: str | None
    serialNumber: str | None
    parentAssetId: None
    alarmState: int
    status: int
    message: str


class Counted(TypedDict):
    """An asset after a row of a batch was counted; `status` is numbered as in the answer of a single count."""

    assetId: str
    serialNumber: str
    status: int
    alarmState: int
    runningCount: int
    totalCount: int


class LogEntry(TypedDict):
    """An entry of an asset's log; `hash` continues the chain from `previousHash`."""

    logId: int
    assetId: str
    serialNumber: str
    date: str
    user: str | None
    type: int
    property: str | None
    oldValue: str | None
    value: str | None
    comment: str | None
    principal: str
    previousHash: str
    hash: str


class Change(TypedDict):
    """A change of what is no asset: an asset type, a token, a user or an import."""

    changeId: int
    date: str
    subjectKind: str
    subject: str
    action: str
    property: str | None
    oldValue: str | None
    value: str | None
    principal: str
    previousHash: str
    hash: str


class DeletedAsset(TypedDict):
    """A deleted asset as it was read last, with its log, oldest entry first, and the names of its files."""

    assetId: str
    serialNumber: str
    deletedDate: str
    deletedBy: str
    asset: dict[str, Any]
    log: list[LogEntry]
    files: list[str]


class Token(TypedDict):
    """A token, without its secret."""

    name: str
    role: str
    createdDate: str
    revokedDate: str | None


class NewToken(TypedDict):
    """A token just made; it is shown this once."""

    name: str
    role: str
    token: str


class Plain(Response):
    """A response whose head is put together in a fraction of the time that the framework's own takes."""

    def __init__(self, body: bytes, *headers: tuple[bytes, bytes], status: int = 200) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [*headers, (b"content-length", b"%d" % len(body))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        """Send it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


_JSON = (b"content-type", b"application/json")


def json_response(content: Any, headers: dict[str, str] | None = None) -> Response:
    """Return *content* as a JSON response, as it is."""
    return Plain(msgspec.json.encode(content), *raw_headers(headers or {}), _JSON)


def raw_headers(headers: dict[str, str]) -> Iterator[tuple[bytes, bytes]]:
    """Yield headers as they are sent."""
    return ((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())


def asset_item(document: Document) -> Document:
    """Return an asset's document as it stands in a list, with both forms of its tags."""
    if "tags" in document:
        document["tags"], document["xmlData"] = tag_forms(document["tags"])
    return document


_ONE = structure((*View.names, "tags", "xmlData", "assetType"))
_ITS_TYPE = structure(View.type_names)


def asset_response(view: View) -> Response:
    """Return one asset with its type as a response, with the version that it is in as its ETag."""
    one = _ONE(*view.values, *tag_forms(view.tags), _ITS_TYPE(*view.type_values))
    return Plain(msgspec.json.encode(one), (b"etag", b'"%d"' % view.version), _JSON)


# The numbering of the .NET client.
_NOT_REGISTERED = 1
_NET_STATUS = {AssetAlarmState.OK: 0, AssetAlarmState.WARNING: 2, AssetAlarmState.ALARM: 3}

_EXCEEDED = {
    Monitor.RUNNING_COUNT: "runningCountExceeded",
    Monitor.TOTAL_COUNT: "totalCountExceeded",
    Monitor.CALIBRATION: "calibrationDaysOverdue",
    Monitor.MAINTENANCE: "maintenanceDaysOverdue",
}


def net_status(state: AssetAlarmState) -> int:
    """Return an alarm state in the numbering of the .NET client."""
    return _NET_STATUS[state]


def number_response(state: AssetAlarmState) -> Response:
    """Return the bare number of an alarm state as a response."""
    return json_response(net_status(state))


_COUNTED = structure(tuple(Counted.__annotations__))


def counted_response(rows: Iterable[batches.Counted]) -> Response:
    """Return what became of the rows of a batch as a response."""
    return json_response(
        [
            _COUNTED(
                row.asset_id,
                row.serial_number,
                net_status(row.alarm_state),
                row.alarm_state,
                row.running_count,
                row.total_count,
            )
            for row in rows
        ]
    )


def status(report: StatusReport, culture: str | None, translate: bool) -> dict[str, Any]:
    """Return a status report with its messages in the language of *culture*, or in their key form."""
    verdict = report.verdict
    return {
        "alarmState": int(verdict.alarm_state),
        "status": net_status(verdict.alarm_state),
        "message": describe(verdict, culture, translate),
        "state": int(report.facts.state),
        "bubbledStatus": int(report.bubbled),
        "runningCount": report.facts.running_count,
        "totalCount": report.facts.total_count,
        **{_EXCEEDED[reading.monitor]: reading.exceeded for reading in verdict.readings},
        "reasons": [_reason(reading, culture, translate) for reading in verdict.reasons],
    }


def tree_status(one: TreeReport, culture: str | None, translate: bool) -> dict[str, Any]:
    """Return the status of one asset of a tree."""
    return {
        "assetId": one.asset.asset_id,
        "serialNumber": one.asset.serial_number,
        "parentAssetId": one.parent_id,
        **status(one.report, culture, translate),
    }


def unregistered(one: Unregistered) -> UnregisteredAsset:
    """Return what is told of an asset that does not exist; nobody can vouch for it."""
    return {
        "assetId": one.ref.asset_id,
        "serialNumber": one.ref.serial_number,
        "parentAssetId": None,
        "alarmState": int(AssetAlarmState.ALARM),
        "status": _NOT_REGISTERED,
        "message": one.message,
    }


def status_response(report: StatusReport, culture: str | None, translate: bool = True) -> Response:
    """Return a status report as a response."""
    return json_response(status(report, culture, translate))


def _reason(reading: Reading, culture: str | None, translate: bool) -> dict[str, Any]:
    reason = {
        "kind": reading.monitor.value,
        "level": int(reading.level),
        "message": describe_reading(reading, culture, translate),
        "used": reading.used,
        "limit": reading.limit,
        "percent": reading.percent,
    }
    return reason if reading.due_at is None else {**reason, "dueDate": instant(reading.due_at)}


_LOG_NAMES = {"old_value": "oldValue", "previous_hash": "previousHash"}


def deleted_asset(tombstone: Tombstone) -> dict[str, Any]:
    """Return a deleted asset with its log and the names of its files."""
    whose = {"assetId": tombstone.asset.asset_id, "serialNumber": tombstone.asset.serial_number}
    document = msgspec.json.decode(tombstone.asset.document)
    return {
        **whose,
        "deletedDate": tombstone.asset.deleted_at,
        "deletedBy": tombstone.asset.deleted_by,
        "asset": asset_item(document),
        "log": [
            {"logId": number} | whose | {_LOG_NAMES.get(name, name): value for name, value in asdict(entry).items()}
            for number, entry in tombstone.log
        ],
        "files": tombstone.files,
    }


def token(stored: StoredToken) -> Token:
    """Return a token without its secret."""
    return {
        "name": stored.name,
        "role": stored.role,
        "createdDate": stored.created_at,
        "revokedDate": stored.revoked_at,
    }

"""Log entries as people read them: what happened, by whom; `templates/log/entry.html` puts it into sentences."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from pywats.domains.asset.enums import AssetLogType, AssetState, IntervalMode
from pywats_server.instants import moment
from pywats_server.pages.languages import translations
from pywats_server.pages.reader import current
from pywats_server.pages.words import N_
from pywats_server.services.archive import ArchivedAsset, Entry
from pywats_server.services.history import Change, LogEntry
from pywats_server.services.session import Role

Shown = str | int | float | datetime | AssetState | IntervalMode | Role | None
"""What a property was or is; None is nothing."""

PROPERTIES: Mapping[str, str] = {
    "serialNumber": N_("Serial number"),
    "typeName": N_("Type"),
    "parentSerialNumber": N_("Parent"),
    "assetName": N_("Name"),
    "partNumber": N_("Part number"),
    "revision": N_("Revision"),
    "ClientId": N_("Client"),
    "description": N_("Description"),
    "location": N_("Location"),
    "state": N_("State"),
    "firstSeenDate": N_("First seen"),
    "lastCalibrationDate": N_("Last calibration"),
    "nextCalibrationDate": N_("Next calibration"),
    "lastMaintenanceDate": N_("Last maintenance"),
    "nextMaintenanceDate": N_("Next maintenance"),
    "runningCount": N_("Running count"),
    "totalCount": N_("Total count"),
    "calibration": N_("Calibration"),
    "maintenance": N_("Maintenance"),
    "runningCountLimit": N_("Running count limit"),
    "totalCountLimit": N_("Total count limit"),
    "calibrationInterval": N_("Calibration interval"),
    "maintenanceInterval": N_("Maintenance interval"),
    "warningThreshold": N_("Warning threshold"),
    "alarmThreshold": N_("Alarm threshold"),
    "isReadonly": N_("Read-only"),
    "icon": N_("Icon"),
    "role": N_("Role"),
}
"""What a property of the wire is called on a page, in English; the languages' catalogs have the rest."""

_TAGS, _FILE, _DELETED, _PARENT = "tags", "file", "deleted", "parentSerialNumber"
_DIGEST = re.compile(r" \(SHA-256 [0-9a-f]{64}\)$")
_OPEN = ".."


class Difference(Struct, frozen=True):
    """A property, as it is called on the page, and what it was and is; one of both may be nothing."""

    label: str
    old: Shown
    new: Shown


class Told(Struct, frozen=True):
    """
    A log entry, read.

    Attributes:
        what: The sentence that tells it: `message`, `registered`, `changed`, `file`, `moved`, `deleted`, `reset`,
            `calibrated`, `maintained` or `state`.
        differences: What it made different, one after the other; for `registered` what the asset began with, for
            work when it was done (`old`) and when it is due again (`new`).
        who: Whoever did it, or is said to have.
        through: Whose token or account it was done by, where that is somebody else.
    """

    entry: LogEntry
    what: str
    differences: tuple[Difference, ...]
    who: str
    through: str | None

    @property
    def type(self) -> AssetLogType:
        """The kind of the event."""
        return AssetLogType(self.entry.type)

    @property
    def done_on_another_day(self) -> bool:
        """Whether work was done on another day than it was told on, UTC."""
        done = self.differences[0].old if self.what in ("calibrated", "maintained") else None
        return isinstance(done, datetime) and done.date() != moment(self.entry.date).date()


def tell(entries: Iterable[LogEntry]) -> list[Told]:
    """Return *entries* as they are told."""
    return [_told(entry) for entry in entries]


def _told(entry: LogEntry) -> Told:
    what, differences = _READ[AssetLogType(entry.type)](entry)
    through = name_of(entry.principal)
    who = name_of(entry.user) if entry.user else through
    return Told(entry, what, tuple(differences), who, through if through != who else None)


def name_of(principal: str) -> str:
    """Return what somebody is called, whether they came with a token or signed in."""
    return principal.removeprefix("user:")


_What = tuple[str, Iterable[Difference]]


def _message(_: LogEntry) -> _What:
    return "message", ()


def _registered(entry: LogEntry) -> _What:
    values = _structure(entry.value)
    given = {name: value for name, value in values.items() if value and name != "serialNumber"}
    return "registered", [Difference(label(name), None, shown(name, str(value))) for name, value in given.items()]


def _updated(entry: LogEntry) -> _What:
    name = entry.property or ""
    if name == _TAGS:
        return "changed", _tags(_structure(entry.old_value), _structure(entry.value))
    if name == _FILE:
        return "file", [Difference(_FILE, _file(entry.old_value), _file(entry.value))]
    what = {_DELETED: "deleted", _PARENT: "moved"}.get(name, "changed")
    return what, [_difference(name, entry)]


def _tags(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Difference]:
    names = dict.fromkeys([*old, *new])
    return [Difference(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _file(text: str | None) -> str | None:
    return None if text is None else _DIGEST.sub("", text)


def _worked(what: str) -> Callable[[LogEntry], _What]:
    def read(entry: LogEntry) -> _What:
        done, _, due = (entry.value or _OPEN).partition("/")
        return what, [Difference(label(entry.property or ""), _moment_or_none(done), _moment_or_none(due))]

    return read


def _changed(what: str) -> Callable[[LogEntry], _What]:
    return lambda entry: (what, [_difference(entry.property or "", entry)])


_READ: Mapping[AssetLogType, Callable[[LogEntry], _What]] = {
    AssetLogType.MESSAGE: _message,
    AssetLogType.REGISTER: _registered,
    AssetLogType.UPDATE: _updated,
    AssetLogType.RESET_COUNT: _changed("reset"),
    AssetLogType.CALIBRATION: _worked("calibrated"),
    AssetLogType.MAINTENANCE: _worked("maintained"),
    AssetLogType.STATE_CHANGE: _changed("state"),
}


def _difference(name: str, entry: LogEntry | Change) -> Difference:
    return Difference(label(name), shown(name, entry.old_value), shown(name, entry.value))


def label(name: str) -> str:
    """Return what the property of this name is called in the reader's language; a name that is none of ours stays."""
    return translations(current.get().language).gettext(PROPERTIES[name]) if name in PROPERTIES else name


def shown(name: str, text: str | None) -> Shown:
    """Return the value of a property from the text that the log keeps, which stays a text where it is no such value."""
    if not text:
        return None
    try:
        return _reading(name)(text)
    except ValueError:
        return text


def _reading(name: str) -> Callable[[str], Shown]:
    return next((read for ending, read in _BY_ENDING.items() if name.endswith(ending)), None) or _WORDED.get(name, str)


def _amount(text: str) -> Shown:
    """Return a limit or an interval; some numbers stand for words."""
    number = float(text)
    return IntervalMode(int(number)) if number in _MODES else number


_MODES = frozenset({IntervalMode.UNLIMITED, IntervalMode.EXTERNAL})
_BY_ENDING: Mapping[str, Callable[[str], Shown]] = {
    "Date": moment,
    "Count": int,
    "Limit": _amount,
    "Interval": _amount,
    "Threshold": float,
}
_WORDED: Mapping[str, Callable[[str], Shown]] = {"state": lambda text: AssetState(int(text)), "role": Role}


def _moment_or_none(text: str) -> Shown:
    return None if text in ("", _OPEN) else shown("Date", text)


def _structure(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class ToldTombstone(Struct, frozen=True):
    """
    A deleted asset, read.

    Attributes:
        name: What it was called; None where it had no name.
        facts: What was known of it at last.
        log: Newest entry first.
    """

    asset: ArchivedAsset
    name: str | None
    facts: tuple[Difference, ...]
    tags: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    log: tuple[Told, ...]

    @property
    def deleted_by(self) -> str:
        """Whoever deleted it."""
        return name_of(self.asset.deleted_by)


def tell_tombstone(
    asset: ArchivedAsset, files: Iterable[str] = (), log: Iterable[tuple[int, Entry]] = ()
) -> ToldTombstone:
    """Return a deleted asset as it is told, with its *files* and its *log*, oldest entry first."""
    known = _structure(asset.document)
    facts = (
        Difference(label(name), None, shown(name, str(known[name])))
        for name in PROPERTIES
        if known.get(name) is not None
    )
    told = [_told(_entry_of(asset, number, entry)) for number, entry in log]
    tags = tuple((key, value) for key, value in known.get(_TAGS, ()))
    return ToldTombstone(asset, known.get("assetName"), tuple(facts), tags, tuple(files), tuple(reversed(told)))


def _entry_of(asset: ArchivedAsset, number: int, entry: Entry) -> LogEntry:
    said = {name: getattr(entry, name) for name in Entry.__slots__}
    return LogEntry(number=number, asset_id=asset.asset_id, serial_number=asset.serial_number, asset_name=None, **said)


class ToldChange(Struct, frozen=True):
    """
    A change of what is no asset, read.

    Attributes:
        subject: What it is called; a type that was deleted has the name that it had.
        address: Of its page; None where it has none.
        difference: None where no property was changed.
    """

    change: Change
    subject: str
    address: str | None
    difference: Difference | None
    who: str


def tell_changes(changes: Iterable[Change]) -> list[ToldChange]:
    """Return *changes* as they are told."""
    return [
        ToldChange(change, *_subject(change), _of_property(change), name_of(change.principal)) for change in changes
    ]


def _subject(change: Change) -> tuple[str, str | None]:
    if change.subject_kind == "assetType":
        name = change.type_name or change.old_value or change.value or change.subject
        return name, f"/types/{change.subject}" if change.type_name else None
    if change.subject_kind == "import":
        key, _, name = change.subject.partition(" ")
        return name, f"/import/{key}"
    return change.subject, None


def _of_property(change: Change) -> Difference | None:
    # What an import tells of itself stands on its page.
    is_told = change.property is not None and change.subject_kind != "import"
    return _difference(change.property or "", change) if is_told else None

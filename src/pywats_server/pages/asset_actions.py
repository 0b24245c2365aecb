"""What can be done with one asset by one form: what it asks for, the use case that does it, and what is told then."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from pywats.domains.asset.enums import IntervalMode
from pywats_server.errors import InvalidInput, Sentence
from pywats_server.instants import moment
from pywats_server.pages import asset_forms, dates, days
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import N_, slug, word
from pywats_server.rules.model import Monitor
from pywats_server.services import assets, counts, messages, work
from pywats_server.services.dossier import Dossier
from pywats_server.services.drafts import AssetDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Permission
from pywats_server.services.work import CALIBRATION, MAINTENANCE, Kind

Entered = Mapping[str, Any]
"""What stands in the fields of a form, by their names."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Somebody who wants something done with an asset, and the asset as it is."""

    visit: Visit
    dossier: Dossier

    @property
    def ref(self) -> AssetRef:
        """Which asset it is about."""
        return AssetRef(self.dossier.asset.asset_id)

    @property
    def comment(self) -> str | None:
        """Why, if they say so."""
        return self.visit.field("comment") or None

    def draft(self, **changes: Any) -> AssetDraft:
        """Return the asset with *changes*."""
        asset = self.dossier.asset
        return AssetDraft(asset_id=asset.asset_id, serial_number=asset.serial_number, **changes)


@dataclass(frozen=True, slots=True)
class Action:
    """
    Something to do with an asset.

    Attributes:
        path: The last part of its address, and the name of the template with its fields.
        title: What it is called, in English.
        permission: Who may.
        carry_out: Does it, and returns what to tell.
        fields: The names of its fields, beside which it is told what was wrong with them.
        begin: What stands in the fields at first.
        button: What its button says, in English, where that is not the title.
        shortcut: The key that opens it from the asset's page.
        is_first: Whether it is done so often that it is always in sight.
    """

    path: str
    title: str
    permission: Permission
    carry_out: Callable[[Errand], Coroutine[Any, Any, str]]
    fields: tuple[str, ...] = ("comment",)
    begin: Callable[[Errand], Entered] = lambda _: {}
    button: str = ""
    shortcut: str = ""
    is_first: bool = True
    has_file: bool = False
    is_dangerous: bool = False


def offered(visit: Visit) -> list[Action]:
    """Return the actions that somebody's role allows."""
    return [action for action in ACTIONS if visit.principal.role.may(action.permission)]


def _calibrated(visit: Visit, due: str | None) -> str:
    if due is None:
        return visit.text("Calibrated. No date for the next calibration follows from its type.")
    return visit.text("Calibrated; next due %(day)s.", day=_day(visit, due))


def _maintained(visit: Visit, due: str | None) -> str:
    if due is None:
        return visit.text("Maintained. No date for the next maintenance follows from its type.")
    return visit.text("Maintained; next due %(day)s.", day=_day(visit, due))


def _day(visit: Visit, instant: str) -> str:
    return dates.day(moment(instant), visit.reader.language, visit.reader.zone)


_TELL = {CALIBRATION: _calibrated, MAINTENANCE: _maintained}


def _record(kind: Kind) -> Callable[[Errand], Coroutine[Any, Any, str]]:
    async def carry_out(errand: Errand) -> str:
        visit = errand.visit
        done_at = days.moment_done(visit.field("dateTime"), "dateTime", visit.reader)
        record = work.record_and_reset if visit.field("resetCount") else work.record
        return _TELL[kind](visit, await visit.write(record, kind, errand.ref, done_at, errand.comment))

    return carry_out


def _record_external(kind: Kind) -> Callable[[Errand], Coroutine[Any, Any, str]]:
    async def carry_out(errand: Errand) -> str:
        visit = errand.visit
        from_at = days.moment_done(visit.field("fromDate"), "fromDate", visit.reader)
        to_at = days.first_moment(visit.field("toDate"), "toDate", visit.reader)
        asked = (kind, errand.ref, from_at, to_at, errand.comment)
        certificates = await asset_forms.uploads(visit, "filename")
        if certificates:
            return _TELL[kind](visit, await visit.write(work.record_certified, *asked, certificates[0]))
        return _TELL[kind](visit, await visit.write(work.record_external, *asked))

    return carry_out


async def _reset_count(errand: Errand) -> str:
    await errand.visit.write(counts.reset_running_count, errand.ref, errand.comment)
    return errand.visit.text("The running count was reset.")


async def _set_total_count(errand: Errand) -> str:
    visit = errand.visit
    total = asset_forms.whole_number(visit, "totalCount")
    if total is None:
        raise InvalidInput(Sentence("There is no count; accepted: a whole number of 0 or more."), field="totalCount")
    await visit.write(counts.set_total_count, errand.ref, total, errand.comment)
    return visit.text("The total count was set to %(count)s.", count=dates.number(total, visit.reader.language))


async def _set_state(errand: Errand) -> str:
    state = asset_forms.state(errand.visit)
    await errand.visit.write(assets.set_state, errand.ref, state, errand.comment)
    return errand.visit.text("The state is now: %(state)s.", state=word(state))


async def _move(errand: Errand) -> str:
    parent, location = (errand.visit.field(name) or None for name in ("parentSerialNumber", "location"))
    await _save(errand, errand.draft(parent_serial_number=parent, location=location))
    return errand.visit.text("Moved.")


async def _set_tags(errand: Errand) -> str:
    await _save(errand, errand.draft(tags=asset_forms.tags(errand.visit)))
    return errand.visit.text("The tags were saved.")


async def _save(errand: Errand, draft: AssetDraft) -> None:
    versions = asset_forms.versions(errand.visit)
    await errand.visit.write(assets.save_asset, draft, if_versions=versions, comment=errand.comment)


async def _post_message(errand: Errand) -> str:
    await errand.visit.write(messages.post_message, errand.ref, errand.visit.field("content"))
    return errand.visit.text("The message was added to the history.")


async def _delete(errand: Errand) -> str:
    typed, serial = errand.visit.field("serialNumber"), errand.dossier.asset.serial_number
    if typed != serial.strip():
        sentence = Sentence("%(typed)s is not the serial number of this asset.", typed=repr(typed))
        raise InvalidInput(sentence, field="serialNumber")
    await errand.visit.write(assets.delete_asset, errand.ref, errand.comment)
    return errand.visit.text("%(serial)s was deleted. It is in the archive.", serial=serial)


def _today(field: str) -> Callable[[Errand], Entered]:
    return lambda errand: {field: days.today(errand.visit.reader).isoformat()}


def _state_now(errand: Errand) -> Entered:
    return {"state": slug(errand.dossier.asset.facts.state)}


def _place_now(errand: Errand) -> Entered:
    stored = errand.dossier.view.document
    place = {name: stored[name] or "" for name in ("parentSerialNumber", "location")}
    return {**place, "version": errand.dossier.asset.version}


def _total_count_now(errand: Errand) -> Entered:
    return {"totalCount": errand.dossier.asset.facts.total_count}


def _tags_now(errand: Errand) -> Entered:
    return {"tags": list(errand.dossier.view.tags), "version": errand.dossier.asset.version}


_DONE, _DONE_ELSEWHERE = ("comment", "dateTime"), ("comment", "fromDate", "toDate", "filename")
_WORK, _EDIT = Permission.RECORD_WORK, Permission.EDIT_ASSET

ACTIONS = (
    Action("calibrate", N_("Calibrate"), _WORK, _record(CALIBRATION), _DONE, _today("dateTime"), shortcut="c"),
    Action("maintain", N_("Maintain"), _WORK, _record(MAINTENANCE), _DONE, _today("dateTime"), shortcut="m"),
    Action("reset-count", N_("Reset running count"), Permission.RESET_COUNT, _reset_count, shortcut="r"),
    Action(
        "state", N_("Change state"), Permission.SET_STATE, _set_state, ("comment", "state"), _state_now, shortcut="s"
    ),
    Action("message", N_("Leave a message"), Permission.POST_MESSAGE, _post_message, ("content",), shortcut="w"),
    Action("move", N_("Move"), _EDIT, _move, ("comment", "parentSerialNumber", "location"), _place_now, shortcut="v"),
    Action(
        "calibrate-externally",
        N_("Calibrated externally"),
        _WORK,
        _record_external(CALIBRATION),
        _DONE_ELSEWHERE,
        _today("fromDate"),
        button=N_("Record calibration"),
        is_first=False,
        has_file=True,
    ),
    Action(
        "maintain-externally",
        N_("Maintained externally"),
        _WORK,
        _record_external(MAINTENANCE),
        _DONE_ELSEWHERE,
        _today("fromDate"),
        button=N_("Record maintenance"),
        is_first=False,
        has_file=True,
    ),
    Action(
        "total-count",
        N_("Set total count"),
        Permission.EDIT_TOTAL_COUNT,
        _set_total_count,
        ("comment", "totalCount"),
        _total_count_now,
        is_first=False,
    ),
    Action(
        "tags",
        N_("Edit tags"),
        _EDIT,
        _set_tags,
        ("comment", "tags", "tags.key", "tags.value"),
        _tags_now,
        button=N_("Save tags"),
        is_first=False,
    ),
    Action(
        "delete",
        N_("Delete"),
        Permission.DELETE,
        _delete,
        ("comment", "serialNumber"),
        is_first=False,
        is_dangerous=True,
    ),
)
"""Everything that can be done with an asset by one form, in the order in which it is offered."""

_REMEDIES = {
    Monitor.CALIBRATION: "calibrate",
    Monitor.MAINTENANCE: "maintain",
    Monitor.RUNNING_COUNT: "reset-count",
}


def urged(dossier: Dossier) -> str | None:
    """Return the action that the worst of the reasons for the status calls for."""
    reasons = [reading for reading in dossier.verdict.reasons if reading.monitor in _REMEDIES]
    worst = max(reasons, key=lambda reading: reading.level, default=None)
    if worst is None:
        return None
    remedy, demands = _REMEDIES[worst.monitor], dossier.asset.demands
    intervals = {"calibrate": demands.calibration_interval_days, "maintain": demands.maintenance_interval_days}
    return f"{remedy}-externally" if intervals.get(remedy) == IntervalMode.EXTERNAL else remedy

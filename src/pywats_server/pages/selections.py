"""Assets that somebody selected in the list, and what can be done with all of them at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams

from pywats_server.errors import InvalidInput, RuleViolation, Sentence
from pywats_server.pages import asset_forms, asset_lists, dates, days
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import N_
from pywats_server.rules.texts import check_line
from pywats_server.services import listing
from pywats_server.services.filters import Filters
from pywats_server.services.many import Change, changing_type, moving, recording, resetting, setting_state
from pywats_server.services.session import Permission
from pywats_server.services.work import CALIBRATION, MAINTENANCE, Kind


@dataclass(frozen=True, slots=True)
class Selection:
    """
    What was selected: single assets, or all that fit the filters of the list.

    Attributes:
        list: The query of the list's address.
    """

    ids: Sequence[str]
    is_all: bool
    list: str

    @property
    def filters(self) -> Filters:
        """The filters of the list."""
        return asset_lists.read_filters(QueryParams(parse_qsl(self.list)))

    @property
    def address(self) -> str:
        """The address of the list."""
        return asset_lists.read_address(QueryParams(parse_qsl(self.list))).address()


def read_selection(visit: Visit) -> Selection:
    """Return what a form says was selected."""
    ids = tuple(dict.fromkeys([*visit.fields("id"), *visit.field("ids").split()]))
    return Selection(ids, visit.field("all") == "1", visit.field("list"))


async def asset_ids(visit: Visit, selection: Selection) -> Sequence[str]:
    """
    Return the ids of what was selected; what fits the filters is looked for now.

    Raises:
        RuleViolation: These are more than can be changed at once.
    """
    if not selection.is_all:
        return selection.ids
    found = await visit.scan(listing.list_asset_ids, selection.filters)
    if len(found) > listing.MANY:
        most = dates.number(listing.MANY, visit.reader.language)
        raise RuleViolation(
            Sentence("More than %(most)s assets match; accepted: a list of up to %(most)s.", most=most), field="all"
        )
    return found


@dataclass(frozen=True, slots=True)
class Action:
    """
    What can be done with many assets.

    Attributes:
        name: The last part of its address, and the name of the template with its fields.
        title: In English.
        change: Reads the form's fields.
    """

    name: str
    title: str
    permission: Permission
    change: Callable[[Visit], Change]
    fields: tuple[str, ...] = ("comment",)


def _comment(visit: Visit) -> str | None:
    return visit.field("comment") or None


def _set_state(visit: Visit) -> Change:
    return setting_state(asset_forms.state(visit), _comment(visit))


def _move(visit: Visit) -> Change:
    return moving(check_line(visit.field("location"), "location") or None, _comment(visit))


def _change_type(visit: Visit) -> Change:
    type_id = visit.field("typeId")
    if not type_id:
        raise InvalidInput(Sentence("No type was chosen; accepted: one of those that are offered."), field="typeId")
    return changing_type(type_id, _comment(visit))


def _record(kind: Kind) -> Callable[[Visit], Change]:
    def change(visit: Visit) -> Change:
        done_at = days.moment_done(visit.field("dateTime"), "dateTime", visit.reader)
        return recording(kind, done_at or visit.reader.now, _comment(visit))

    return change


def _reset(visit: Visit) -> Change:
    return resetting(_comment(visit))


ACTIONS = {
    action.name: action
    for action in (
        Action("calibrate", N_("Calibrate"), Permission.RECORD_WORK, _record(CALIBRATION), ("dateTime", "comment")),
        Action("maintain", N_("Maintain"), Permission.RECORD_WORK, _record(MAINTENANCE), ("dateTime", "comment")),
        Action("reset-count", N_("Reset running count"), Permission.RESET_COUNT, _reset),
        Action("state", N_("Set state"), Permission.SET_STATE, _set_state, ("state", "comment")),
        Action("location", N_("Set location"), Permission.EDIT_ASSET, _move, ("location", "comment")),
        Action("type", N_("Change type"), Permission.EDIT_ASSET, _change_type, ("typeId", "comment")),
    )
}


def offered(visit: Visit) -> list[Action]:
    """Return what the reader's role allows to do with many assets."""
    return [action for action in ACTIONS.values() if visit.principal.role.may(action.permission)]

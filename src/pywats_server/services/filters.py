"""What a list of assets can be narrowed by, and the OData text that says the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.instants import instant
from pywats_server.odata.query import quoted

_MINUTE = timedelta(minutes=1)


class Due(Enum):
    """When an asset's earlier due date is: passed, or ahead within so many days."""

    OVERDUE = "overdue"
    WITHIN_7_DAYS = "7"
    WITHIN_30_DAYS = "30"
    WITHIN_90_DAYS = "90"


class Filters(Struct, frozen=True):
    """
    Which assets a list has: those that fit everything that is asked for.

    Attributes:
        search: Words that must stand in an asset's texts, whatever the case.
        types: Ids of types, of which it has one.
        states, alarms: Of which it is in one.
        location: Exactly where it is; an empty text is nowhere.
        tag: The key of a tag that it has, or key=value.
        never_calibrated: Only those whose type demands it, and that never were.
        near_count_limit: Only those whose counts alone are a warning or an alarm.
        out_for_calibration: Only those in that state.
        odata: Another filter, in OData.
    """

    search: str = ""
    types: tuple[str, ...] = ()
    states: tuple[AssetState, ...] = ()
    alarms: tuple[AssetAlarmState, ...] = ()
    location: str | None = None
    tag: str | None = None
    due: Due | None = None
    never_calibrated: bool = False
    near_count_limit: bool = False
    out_for_calibration: bool = False
    odata: str = ""


def odata_filter(filters: Filters, now: datetime) -> str | None:
    """
    Return the `$filter` that says what *filters* ask for at *now*, but for the words of the search; None is all.

    Days ahead end with the minute, so that a list that is asked for again and again is the same question.
    """
    return " and ".join(_conditions(filters, now)) or None


def _conditions(filters: Filters, now: datetime) -> Iterator[str]:
    yield from _among("typeId", [quoted(type_id) for type_id in filters.types])
    yield from _among("state", [str(int(state)) for state in filters.states])
    yield from _among("alarmState", [str(int(state)) for state in filters.alarms])
    if filters.location is not None:
        yield f"location eq {quoted(filters.location)}" if filters.location else "location eq null"
    if filters.tag:
        yield _tag(filters.tag)
    if filters.due is not None:
        yield _due(filters.due, now)
    if filters.never_calibrated:
        yield "neverCalibrated"
    if filters.near_count_limit:
        yield "nearCountLimit"
    if filters.out_for_calibration:
        yield f"state eq {AssetState.IN_CALIBRATION:d}"
    if filters.odata.strip():
        yield f"({filters.odata})"


def _among(name: str, values: list[str]) -> Iterator[str]:
    if len(values) == 1:
        yield f"{name} eq {values[0]}"
    elif values:
        yield f"{name} in ({','.join(values)})"


def _tag(tag: str) -> str:
    key, sign, value = tag.partition("=")
    wanted = f"t/key eq {quoted(key)}" + (f" and t/value eq {quoted(value)}" if sign else "")
    return f"tags/any(t: {wanted})"


def _due(due: Due, now: datetime) -> str:
    if due is Due.OVERDUE:
        return "dueDate le now()"
    until = now + timedelta(days=int(due.value))
    minute = until.replace(second=0, microsecond=0)
    return f"dueDate gt now() and dueDate le {instant(minute if minute == until else minute + _MINUTE)}Z"

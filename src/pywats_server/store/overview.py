"""What an overview of all assets tells: counts, and what is due. Each is found by an index that has all it takes."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select, text

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.instants import Instant
from pywats_server.odata.functions import AllOf
from pywats_server.store.database import Connection
from pywats_server.store.statement import Statement
from pywats_server.store.tables import (
    COUNTS_ARE_FINE,
    COUNTS_ARE_NOT_FINE,
    IN_ANY_STATE,
    NEVER_CALIBRATED,
    asset,
    asset_type,
)

_NOW: BindParameter[str] = bindparam("now", required=True)


def _count(*conditions: ColumnElement[bool] | str) -> ColumnElement[int]:
    """Return the number of assets that fit; the condition of a partial index is said in its own words."""
    said = (text(condition) if isinstance(condition, str) else condition for condition in conditions)
    return select(func.count()).select_from(asset).where(*said).scalar_subquery()


# Alarm states by disjoint parts (`rules.model.AlarmInstants`): an OR would read every asset.
_ALARMED = asset.c.alarm_at <= _NOW
_IN_ALARM = _count(COUNTS_ARE_NOT_FINE, asset.c.count_level == int(AssetAlarmState.ALARM)) + _count(
    _ALARMED, asset.c.count_level != int(AssetAlarmState.ALARM)
)
_BY_COUNTS = _count(COUNTS_ARE_NOT_FINE)
_BY_TIME_ALONE = _count(COUNTS_ARE_FINE, asset.c.warning_at <= _NOW) + _count(
    # Without an early warning an alarm is the first that is told.
    COUNTS_ARE_FINE,
    _ALARMED,
    or_(asset.c.warning_at.is_(None), asset.c.warning_at > _NOW),
)
BY_ALARM_STATE = {
    AssetAlarmState.OK: _count() - _BY_COUNTS - _BY_TIME_ALONE,
    AssetAlarmState.WARNING: _BY_COUNTS + _BY_TIME_ALONE - _IN_ALARM,
    AssetAlarmState.ALARM: _IN_ALARM,
}
"""How many assets are in each alarm state at the moment `now`, as expressions."""

_DEMANDING = select(asset_type.c.key).where(asset_type.c.calibration_interval_days > 0)
never_calibrated = AllOf(text(NEVER_CALIBRATED), asset.c.type_key.in_(_DEMANDING))
"""Whether an asset of a type that demands calibration was never calibrated."""


def _due(after: str, until: str) -> ColumnElement[int]:
    return _count(asset.c.due_at > bindparam(after, required=True), asset.c.due_at <= bindparam(until, required=True))


_COUNTERS = Statement(
    select(
        _IN_ALARM,
        _BY_COUNTS,
        _BY_TIME_ALONE,
        _count(asset.c.due_at <= _NOW),
        _due("now", "first"),
        _due("first", "second"),
        _due("second", "third"),
        _count(IN_ANY_STATE, asset.c.state == int(AssetState.IN_CALIBRATION)),
        _count(never_calibrated),
    )
)


class Counts(Struct, frozen=True):
    """
    How many assets need somebody.

    Attributes:
        due: Within each of the times that were asked for; what is due within the first is due within the next, too.
    """

    in_alarm: int
    in_warning: int
    overdue: int
    due: tuple[int, int, int]
    in_calibration: int
    never_calibrated: int
    near_count_limit: int


async def count(connection: Connection, now: Instant, until: tuple[Instant, Instant, Instant]) -> Counts:
    """Count the assets that need somebody *now*; those that are due later are counted *until* three later moments."""
    first, second, third = until
    row = await connection.fetch_one(_COUNTERS, now=now, first=first, second=second, third=third)
    assert row is not None, "counts are always answered"
    in_alarm, by_counts, by_time_alone, overdue, soon, later, last, in_calibration, never_calibrated = row
    return Counts(
        in_alarm=in_alarm,
        in_warning=by_counts + by_time_alone - in_alarm,
        overdue=overdue,
        due=(soon, soon + later, soon + later + last),
        in_calibration=in_calibration,
        never_calibrated=never_calibrated,
        near_count_limit=by_counts,
    )


class DueAsset(Struct, frozen=True):
    """An asset that has work ahead: who and where it is, and when its work is due; None is never."""

    asset_id: str
    serial_number: str
    asset_name: str | None
    type_name: str
    location: str | None
    calibration_due_at: Instant | None
    maintenance_due_at: Instant | None


_DUE_NEXT = Statement(
    select(
        asset.c.asset_id,
        asset.c.serial_number,
        asset.c.asset_name,
        asset_type.c.type_name,
        asset.c.location,
        asset.c.calibration_due_at,
        asset.c.maintenance_due_at,
    )
    .select_from(asset.join(asset_type, asset_type.c.key == asset.c.type_key))
    .where(asset.c.due_at > _NOW)
    .order_by(asset.c.due_at, asset.c.key)
    .limit(bindparam("top", required=True))
)


async def due_next(connection: Connection, now: Instant, top: int) -> list[DueAsset]:
    """Return the assets whose earlier due date comes next after *now*, soonest first."""
    return [DueAsset(*row) for row in await connection.fetch_all(_DUE_NEXT, now=now, top=top)]


SPANS = 52
"""How many spans of time `due_in_spans` tells of."""


def _in_span(due_at: ColumnElement[str], number: int) -> ColumnElement[int]:
    return _count(due_at >= _bound(number), due_at < _bound(number + 1))


def _bound(number: int) -> BindParameter[str]:
    return bindparam(f"bound_{number}", required=True)


# A range a span: telling the span of every due date, to group by it, takes three times as long.
_DUE_IN_SPANS = Statement(
    select(
        *(
            _in_span(due_at, number)
            for number in range(SPANS)
            for due_at in (asset.c.calibration_due_at, asset.c.maintenance_due_at)
        )
    )
)


async def due_in_spans(connection: Connection, bounds: Sequence[Instant]) -> list[tuple[int, int]]:
    """
    Return how many calibrations and how many maintenances are due in each span of time.

    Args:
        bounds: The start of each of the `SPANS` spans, in order, and the end of the last.
    """
    values = {f"bound_{number}": bound for number, bound in enumerate(bounds)}
    row = await connection.fetch_one(_DUE_IN_SPANS, **values)
    assert row is not None, "counts are always answered"
    return list(zip(row[::2], row[1::2], strict=True))


_cells = (
    select(asset.c.location, asset.c.state, func.count().label("assets"))
    .where(text(IN_ANY_STATE), asset.c.location.is_not(None))
    .group_by(asset.c.state, asset.c.location)
    .cte("cells")
)
_largest = (
    select(_cells.c.location, func.sum(_cells.c.assets).label("assets"))
    .group_by(_cells.c.location)
    .order_by(func.sum(_cells.c.assets).desc(), _cells.c.location)
    .limit(bindparam("top", required=True))
    .cte("largest")
)
_STATES_BY_LOCATION = Statement(
    select(_cells.c.location, _cells.c.state, _cells.c.assets)
    .select_from(_cells.join(_largest, _largest.c.location == _cells.c.location))
    .order_by(_largest.c.assets.desc(), _cells.c.location, _cells.c.state)
)


async def states_by_location(connection: Connection, top: int) -> list[tuple[str, AssetState, int]]:
    """Return location, state and how many assets are so, of the *top* locations with most assets, these first."""
    rows = await connection.fetch_all(_STATES_BY_LOCATION, top=top)
    return [(location, AssetState(state), assets) for location, state, assets in rows]

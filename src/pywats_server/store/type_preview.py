"""The levels that assets of a type would have by other marks than those that are stored for them, counted."""

from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Executable,
    Float,
    Select,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pywats.domains.asset.enums import AssetAlarmState
from pywats_server.instants import Instant, instant
from pywats_server.rules.marks import Marks, WorkMarks
from pywats_server.store.assets import alarm_state
from pywats_server.store.database import Connection
from pywats_server.store.levels import by_counts, is_watched, number
from pywats_server.store.statement import Statement
from pywats_server.store.tables import asset, asset_counter


class ChangedAsset(Struct, frozen=True):
    """An asset that would have another alarm state."""

    asset_id: str
    serial_number: str
    asset_name: str | None
    before: AssetAlarmState
    after: AssetAlarmState


Levels = dict[tuple[AssetAlarmState, AssetAlarmState], int]
"""How many assets are in an alarm state and would be in another, or the same."""


async def compare(
    connection: Connection, type_key: int, marks: Marks, now: Instant, *, most: int, top: int
) -> tuple[Levels, list[ChangedAsset]]:
    """
    Return how many assets of a type would be in which alarm state by *marks*, and some of those that would change.

    Args:
        most: So many assets are looked at, the first by their ids, which chance has given.
        top: So many of those that change are returned, the ones in alarm first.
    """
    statement = Statement(_compared(marks))
    rows = await connection.fetch_all(statement, type_key=type_key, now=now, most=most, top=top)
    levels: Levels = {}
    changed = []
    for before, after, assets, asset_id, serial_number, name in rows:
        states = AssetAlarmState(before), AssetAlarmState(after)
        if assets:
            levels[states] = assets
        else:
            changed.append(ChangedAsset(asset_id, serial_number, name, *states))
    # Which ones these are was told by their order, but the names are joined in any.
    return levels, sorted(changed, key=lambda one: -one.after)


_NOW = bindparam("now", type_=Text(), required=True)
_LOOKED_AT = (
    select(asset.c.key)
    .where(asset.c.type_key == bindparam("type_key", required=True))
    .order_by(asset.c.asset_id)
    .limit(bindparam("most", required=True))
)


def _compared(marks: Marks) -> Executable:
    """Select the numbers of assets by their levels before and after, and then, with none, assets that change."""
    levels = _levels(marks).cte("levels")
    counted = select(levels.c.before, levels.c.after, func.count(), null(), null(), null()).group_by(
        levels.c.before, levels.c.after
    )
    first = (
        select(levels)
        .where(levels.c.before != levels.c.after)
        .order_by(levels.c.after.desc(), levels.c.key)
        .limit(bindparam("top", required=True))
        .subquery("first")
    )
    named = select(
        first.c.before, first.c.after, literal_column("0"), asset.c.asset_id, asset.c.serial_number, asset.c.asset_name
    ).select_from(first.join(asset, asset.c.key == first.c.key))
    return union_all(counted, named)


def _levels(marks: Marks) -> Select[Any]:
    """Select the alarm state of each asset as it is stored, and as it would be by *marks*."""
    after = case(
        (not_(is_watched()), number(AssetAlarmState.OK)),
        (_is_reached(AssetAlarmState.ALARM, marks), number(AssetAlarmState.ALARM)),
        (_is_reached(AssetAlarmState.WARNING, marks), number(AssetAlarmState.WARNING)),
        else_=number(AssetAlarmState.OK),
    )
    counted = asset.join(asset_counter, asset_counter.c.asset_key == asset.c.key)
    levels = select(asset.c.key, alarm_state.label("before"), after.label("after")).select_from(counted)
    return levels.where(asset.c.key.in_(_LOOKED_AT))


def _is_reached(level: AssetAlarmState, marks: Marks) -> ColumnElement[bool]:
    """Tell whether something has reached *level* at the moment `now`, as `rules.status.judge` would tell it."""
    return or_(
        by_counts(level, marks.running_count, marks.total_count),
        _by_date(level, _CALIBRATION, marks.calibration),
        _by_date(level, _MAINTENANCE, marks.maintenance),
    )


class _Dates(NamedTuple):
    """The columns of one kind of work."""

    last: ColumnElement[str | None]
    next: ColumnElement[str | None]
    by_interval: ColumnElement[bool]


_CALIBRATION = _Dates(asset.c.last_calibration_at, asset.c.next_calibration_at, asset.c.calibration_by_interval)
_MAINTENANCE = _Dates(asset.c.last_maintenance_at, asset.c.next_maintenance_at, asset.c.maintenance_by_interval)


def _by_date(level: AssetAlarmState, dates: _Dates, marks: WorkMarks | None) -> ColumnElement[bool]:
    if marks is None:
        return false()
    number = 1 if level is AssetAlarmState.ALARM else 0
    percent, latest_start = marks.percents[number], marks.starts[number]
    start = func.coalesce(dates.last, asset.c.first_seen_at)
    has_own_date = and_(not_(dates.by_interval), dates.next.is_not(None))
    reached = [] if percent is None else [and_(has_own_date, _has_passed(percent, start, dates.next))]
    if marks.has_interval and latest_start is not None:
        reached.append(and_(not_(has_own_date), start <= instant(latest_start)))
    if marks.has_interval and level is AssetAlarmState.WARNING:
        reached.append(dates.last.is_(None))
    return or_(false(), *reached)


def _has_passed(percent: float, start: ColumnElement[Any], due: ColumnElement[Any]) -> ColumnElement[bool]:
    """Tell whether *percent* of the time from *start* to *due* has passed at the moment `now`."""
    if percent <= 0:
        return true()
    if percent >= 100:
        return due <= _NOW
    share = (_Days(_NOW) - _Days(start)) * 100 >= (_Days(due) - _Days(start)) * literal(percent, Float)
    return or_(and_(due <= start, due <= _NOW), and_(due > start, share))


class _Days(FunctionElement[float]):
    """An instant as a number of days since some other, to the millisecond."""

    name = "days_of"
    type = Float()
    inherit_cache = True


@compiles(_Days, "sqlite")
def _days_sqlite(element: _Days, compiler: SQLCompiler, **options: Any) -> str:
    return f"julianday({compiler.process(element.clauses, **options)})"


@compiles(_Days, "postgresql")
def _days_postgresql(element: _Days, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(extract(epoch FROM CAST({text} AS timestamp)) / 86400)::float8"

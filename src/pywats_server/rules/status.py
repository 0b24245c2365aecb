"""
The status of an asset: what its counts and due dates make of it, now and at any later moment.

Levels of due dates are decided by moments, not by percentages: `judge` compares now with the same two moments that
`alarm_instants` hands out. Each is the first microsecond at which the exact percentage reaches its threshold, so both
always agree.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import nextafter

from msgspec import Struct, structs

from pywats.domains.asset.enums import AssetAlarmState, AssetState, IntervalMode
from pywats_server.rules.intervals import due_after, mode_of, utc
from pywats_server.rules.marks import ALWAYS as ALWAYS
from pywats_server.rules.marks import CountMarks, asset_marks, count_marks, reached_at, thresholds
from pywats_server.rules.model import AlarmInstants, Demands, DueDates, Facts, Monitor, Reading, Verdict
from pywats_server.rules.types import settle

_DAY = timedelta(days=1)
_TICK = timedelta.resolution
_JUST_BELOW_100 = nextafter(100, 0)


def judge(facts: Facts, demands: Demands, now: datetime) -> Verdict:
    """
    Return the alarm state of an asset at *now*, with a reading of every monitor that has a limit or a due date.

    Calibration and maintenance have a due date when the asset has a next date or the type an interval of days, unless
    the interval is unlimited. They are due at the next date, else an interval after the last date, else an interval
    after the asset was first seen. Where the due date is not after its start, 0 % is used before it and 100 % from then
    on. Work that was never done although the type sets an interval is at least a warning. A scrapped asset keeps its
    readings, all of them OK.

    Args:
        demands: Numbers that `check_demands` accepts; they need not be settled.
        now: The moment to judge at. Aware.

    Source: wire-contract.md, Status.
    """
    demands, now = settle(demands), utc(now)
    dates = (schedule.reading(now) for schedule in _schedules(facts, demands))
    readings = (*dates, *_count_readings(facts, demands))
    if facts.state is AssetState.SCRAPPED:
        readings = tuple(structs.replace(reading, level=AssetAlarmState.OK) for reading in readings)
    return Verdict(_worst(readings), readings)


def alarm_instants(facts: Facts, demands: Demands) -> AlarmInstants:
    """
    Return the moments, in UTC, from which time makes the asset a warning and an alarm, and the level of its counts.

    They hold until *facts* or *demands* change. At every moment they say what `judge` says.
    """
    if facts.state is AssetState.SCRAPPED:
        return AlarmInstants(AssetAlarmState.OK, warning_at=None, alarm_at=None)
    demands = settle(demands)
    schedules = tuple(_schedules(facts, demands))
    return AlarmInstants(
        count_level=count_level(facts.state, facts.running_count, facts.total_count, demands),
        warning_at=min((s.warning_at for s in schedules if s.warning_at is not None), default=None),
        alarm_at=min((s.alarm_at for s in schedules), default=None),
    )


def due_dates(facts: Facts, demands: Demands) -> DueDates:
    """Return when the work that watches over an asset is due. They hold until *facts* or *demands* change."""
    if facts.state is AssetState.SCRAPPED:
        return DueDates()
    due = {schedule.monitor: schedule.due for schedule in _schedules(facts, settle(demands))}
    return DueDates(due.get(Monitor.CALIBRATION), due.get(Monitor.MAINTENANCE))


def count_level(state: AssetState, running: int, total: int, demands: Demands) -> AssetAlarmState:
    """Return the level that the counts of an asset reach."""
    return asset_marks(state, demands).level(running, total)


class _Schedule(Struct, frozen=True):
    """When one kind of work is due, and the moments from which it is a warning and an alarm."""

    monitor: Monitor
    start: datetime
    due: datetime
    warning_at: datetime | None
    alarm_at: datetime
    never_done: bool

    def reading(self, now: datetime) -> Reading:
        elapsed, span = now - self.start, self.due - self.start
        return Reading(
            monitor=self.monitor,
            level=_level(self.warning_at is not None and self.warning_at <= now, self.alarm_at <= now),
            used=max(0.0, elapsed / _DAY),
            limit=max(0.0, span / _DAY),
            percent=_percent(elapsed // _TICK, span // _TICK) if self.start < self.due else 100.0 * (self.due <= now),
            exceeded=(now - self.due) / _DAY,
            due_at=self.due,
            never_done=self.never_done,
        )


def _schedules(facts: Facts, demands: Demands) -> Iterator[_Schedule]:
    calibration = (facts.last_calibration_at, facts.next_calibration_at, demands.calibration_interval_days)
    maintenance = (facts.last_maintenance_at, facts.next_maintenance_at, demands.maintenance_interval_days)
    for monitor, (last, next_, interval) in ((Monitor.CALIBRATION, calibration), (Monitor.MAINTENANCE, maintenance)):
        mode = mode_of(interval)
        start = utc(last or facts.first_seen_at)
        due = due_after(start, interval) if next_ is None else utc(next_)
        if due is not None and mode is not IntervalMode.UNLIMITED:
            never_done = last is None and mode is IntervalMode.NORMAL
            yield _schedule(monitor, start, due, never_done, demands)


def _schedule(monitor: Monitor, start: datetime, due: datetime, never_done: bool, demands: Demands) -> _Schedule:
    warning, alarm = thresholds(demands)
    warning_at = None if warning is None else reached_at(start, due, warning)
    return _Schedule(
        monitor=monitor,
        start=start,
        due=due,
        warning_at=ALWAYS if never_done else warning_at,
        alarm_at=reached_at(start, due, alarm),
        never_done=never_done,
    )


def _count_readings(facts: Facts, demands: Demands) -> Iterator[Reading]:
    marks = count_marks(demands)
    if demands.running_count_limit is not None and demands.running_count_limit > 0:
        yield _count_reading(Monitor.RUNNING_COUNT, facts.running_count, demands.running_count_limit, marks.running)
    if demands.total_count_limit is not None and demands.total_count_limit > 0:
        yield _count_reading(Monitor.TOTAL_COUNT, facts.total_count, demands.total_count_limit, marks.total)


def _count_reading(monitor: Monitor, count: int, limit: int, marks: CountMarks) -> Reading:
    return Reading(
        monitor=monitor,
        level=marks.level(count),
        used=count,
        limit=limit,
        percent=_percent(count, limit),
        exceeded=count - limit,
    )


def _percent(used: int, whole: int) -> float:
    """The percentage to show: never negative, and never rounded up to 100 before the whole is used."""
    percent = max(0.0, 100 * used / whole)
    return percent if used >= whole else min(percent, _JUST_BELOW_100)


def _level(is_warning: bool, is_alarm: bool) -> AssetAlarmState:
    if is_alarm:
        return AssetAlarmState.ALARM
    return AssetAlarmState.WARNING if is_warning else AssetAlarmState.OK


def _worst(readings: tuple[Reading, ...]) -> AssetAlarmState:
    return max((reading.level for reading in readings), default=AssetAlarmState.OK)

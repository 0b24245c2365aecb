"""Where warning and alarm begin: at which count, at which moment, and, for all assets of a type, at which last date."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState, AssetState, IntervalMode
from pywats_server.rules.intervals import mode_of, utc
from pywats_server.rules.model import Demands
from pywats_server.rules.types import settle

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The moment from which a level holds that does not wait for any time to pass."""

_TICK = timedelta.resolution


class CountMarks(Struct, frozen=True):
    """The counts from which a limit makes an asset a warning and an alarm; None is never."""

    warning: int | None = None
    alarm: int | None = None

    def level(self, count: int) -> AssetAlarmState:
        """Return the level of a *count*."""
        if self.alarm is not None and count >= self.alarm:
            return AssetAlarmState.ALARM
        is_warning = self.warning is not None and count >= self.warning
        return AssetAlarmState.WARNING if is_warning else AssetAlarmState.OK


class MarksOfCounts(Struct, frozen=True):
    """The marks of both counts of an asset."""

    running: CountMarks = CountMarks()
    total: CountMarks = CountMarks()

    def level(self, running: int, total: int) -> AssetAlarmState:
        """Return the level that both counts reach together."""
        return max(self.running.level(running), self.total.level(total))


# Kept, because counting asks for the same few types all the time.
@lru_cache(maxsize=1024)
def count_marks(demands: Demands) -> MarksOfCounts:
    """Return where the levels of both counts begin."""
    demands = settle(demands)
    return MarksOfCounts(_marks(demands.running_count_limit, demands), _marks(demands.total_count_limit, demands))


def asset_marks(state: AssetState, demands: Demands) -> MarksOfCounts:
    """Return where the levels of an asset's counts begin; a scrapped one reaches none."""
    return MarksOfCounts() if state is AssetState.SCRAPPED else count_marks(demands)


def _marks(limit: int | None, demands: Demands) -> CountMarks:
    if limit is None or limit <= 0:
        return CountMarks()
    warning, alarm = thresholds(demands)
    return CountMarks(None if warning is None else _share(limit, warning), _share(limit, alarm))


def thresholds(demands: Demands) -> tuple[float | None, float]:
    """Return warning and alarm threshold in percent; at 100 it is always an alarm."""
    alarm = demands.alarm_threshold_percent
    return demands.warning_threshold_percent, 100 if alarm is None else min(alarm, 100)


def reached_at(start: datetime, due: datetime, percent: float) -> datetime:
    """Return the first moment at which *percent* of the time from *start* to *due* has passed; it is never below 0."""
    if percent <= 0:
        return ALWAYS
    if due <= start:
        return due
    return start + _TICK * _share((due - start) // _TICK, percent)


def _share(whole: int, percent: float) -> int:
    """The smallest whole number that is *percent* of *whole* or more, free of rounding."""
    numerator, denominator = percent.as_integer_ratio()
    return -(-numerator * whole // (denominator * 100))


class WorkMarks(Struct, frozen=True):
    """
    Which dates make calibration or maintenance of an asset a warning and an alarm at one moment, for one type.

    Work is due at the asset's own next date, if it has one that does not come from the interval; else an interval after
    the last date, or after the asset was first seen.

    Attributes:
        has_interval: Whether the type sets days. Work that was never done is then at least a warning.
        percents: Warning and alarm threshold: how much of the time up to an own next date. None is never.
        starts: With work that follows the interval, the last dates up to which it is a warning and an alarm.
    """

    has_interval: bool
    percents: tuple[float | None, float]
    starts: tuple[datetime | None, datetime]


def work_marks(interval_days: float | None, demands: Demands, now: datetime) -> WorkMarks | None:
    """
    Return the marks of calibration or maintenance at *now*; None where an unlimited interval lets nothing be due.

    Args:
        interval_days: That of *demands* for the one of the two that is meant.
    """
    mode = mode_of(interval_days)
    if mode is IntervalMode.UNLIMITED:
        return None
    warning, alarm = thresholds(settle(demands))
    days = interval_days if interval_days is not None and mode is IntervalMode.NORMAL else 0
    starts = (None if warning is None else _start(days, warning, now), _start(days, alarm, now))
    return WorkMarks(mode is IntervalMode.NORMAL, (warning, alarm), starts)


def _start(days: float, percent: float, now: datetime) -> datetime:
    """The latest start of an interval of *days* of which *percent* has passed at *now*."""
    if percent <= 0:
        return datetime.max.replace(tzinfo=UTC)
    try:
        return utc(now) - _TICK * _share(timedelta(days=days) // _TICK, percent)
    except OverflowError:
        return ALWAYS


class Marks(Struct, frozen=True):
    """All that the levels of a type's assets depend on at one moment, so that judging each is a matter of comparing."""

    running_count: CountMarks
    total_count: CountMarks
    calibration: WorkMarks | None
    maintenance: WorkMarks | None


def marks_at(demands: Demands, now: datetime) -> Marks:
    """Return the marks of *demands* for assets that are judged at *now*."""
    counts = count_marks(demands)
    return Marks(
        counts.running,
        counts.total,
        work_marks(demands.calibration_interval_days, demands, now),
        work_marks(demands.maintenance_interval_days, demands, now),
    )

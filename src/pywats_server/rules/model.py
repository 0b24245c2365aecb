"""The plain data that the rules work on: what a type demands, what is known of an asset, what the rules make of it."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from pywats.domains.asset.enums import AssetAlarmState, AssetState


class Monitor(StrEnum):
    """The four things that can put an asset into warning or alarm, in the order in which messages name them."""

    CALIBRATION = "calibration"
    MAINTENANCE = "maintenance"
    RUNNING_COUNT = "runningCount"
    TOTAL_COUNT = "totalCount"


class Demands(Struct, frozen=True):
    """
    What an asset type demands of its assets, as stored: limits and intervals keep their special numbers.

    Intervals are days, above 0; None or 0 is none, -1 unlimited, -2 external. Limits are uses, above 0; None, 0 and -1
    are unlimited. Thresholds are percent; a warning threshold of None is no early warning, an alarm threshold of None
    is 100.
    """

    running_count_limit: int | None = None
    total_count_limit: int | None = None
    calibration_interval_days: float | None = None
    maintenance_interval_days: float | None = None
    warning_threshold_percent: float | None = None
    alarm_threshold_percent: float | None = None


class Facts(Struct, frozen=True):
    """What is known of one asset that its status depends on. Moments are aware, UTC; counts are 0 or more."""

    state: AssetState
    first_seen_at: datetime
    running_count: int = 0
    total_count: int = 0
    last_calibration_at: datetime | None = None
    next_calibration_at: datetime | None = None
    last_maintenance_at: datetime | None = None
    next_maintenance_at: datetime | None = None


class Reading(Struct, frozen=True):
    """
    What one monitor shows.

    Attributes:
        used: Uses counted (an int), or days since the last work (or since first seen), never below 0.
        limit: The count limit (an int), or the days between the last work and the due date, never below 0.
        percent: Used of limit, never below 0; 100 is the limit itself.
        exceeded: Uses (an int) or days beyond the limit or due date; negative while inside it.
        due_at: When the work is due; None for counts.
        never_done: The work was never recorded although the type sets an interval.
    """

    monitor: Monitor
    level: AssetAlarmState
    used: float
    limit: float
    percent: float
    exceeded: float
    due_at: datetime | None = None
    never_done: bool = False


class Verdict(Struct, frozen=True):
    """The alarm state of an asset, and readings of the monitors that have a limit or a due date, in Monitor's order."""

    alarm_state: AssetAlarmState
    readings: tuple[Reading, ...]

    @property
    def reasons(self) -> tuple[Reading, ...]:
        """The readings that are in warning or alarm."""
        return tuple(reading for reading in self.readings if reading.level is not AssetAlarmState.OK)


class AlarmInstants(Struct, frozen=True):
    """
    The status of an asset as far as it can be known ahead, so that "in alarm now" is a comparison and no computation.

    At any moment: alarm if `count_level` is ALARM or `alarm_at` <= moment; else warning if `count_level` is WARNING or
    `warning_at` <= moment; else OK. None means that time alone will never raise that level.
    """

    count_level: AssetAlarmState
    warning_at: datetime | None
    alarm_at: datetime | None


class DueDates(Struct, frozen=True):
    """
    When calibration and maintenance of an asset are due, or were.

    None is never. Until facts or demands change these are the `due_at` of the readings; a scrapped asset has none.
    """

    calibration_at: datetime | None = None
    maintenance_at: datetime | None = None

    @property
    def next_at(self) -> datetime | None:
        """The earlier of both."""
        return min((at for at in (self.calibration_at, self.maintenance_at) if at is not None), default=None)

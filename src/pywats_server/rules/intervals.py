"""What the number of a calibration or maintenance interval means, and when the next work is due."""

from datetime import UTC, datetime, timedelta

from pywats.domains.asset.enums import IntervalMode

LATEST_DUE = datetime(9999, 12, 31, tzinfo=UTC)
"""The last due date there is: the first moment of the calendar's last day, which still exists in every time zone."""

SPECIAL_INTERVALS = (IntervalMode.UNLIMITED, IntervalMode.EXTERNAL)
"""The intervals that are no number of days."""


def utc(moment: datetime) -> datetime:
    """
    Return *moment* in UTC, where a day is always 24 hours.

    Python adds and subtracts moments of one local zone by the face of the clock, so that a day with a change of
    daylight saving time would last 23 or 25 hours. The rules therefore compute in UTC alone.

    Raises:
        ValueError: *moment* has no UTC offset.
    """
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no UTC offset; the rules only judge moments that have one")
    return moment.astimezone(UTC)


def mode_of(interval_days: float | None) -> IntervalMode | None:
    """
    Return what the number means: NORMAL for days (any number above 0), UNLIMITED for -1, EXTERNAL for -2, None when
    no interval is set (None or 0).

    Raises:
        ValueError: Another negative number, which `check_demands` never lets in.

    Source: wire-contract.md, Asset type.
    """
    if not interval_days:
        return None
    if interval_days > 0:
        return IntervalMode.NORMAL
    if interval_days in SPECIAL_INTERVALS:
        return IntervalMode(int(interval_days))
    raise ValueError(f"{interval_days!r} is no interval; negative numbers have no meaning but -1 and -2")


def due_after(last: datetime, interval_days: float | None) -> datetime | None:
    """
    Return the moment, in UTC, when work done at *last* is due again; None when the interval sets no due date.

    A day is 24 hours. Fractions count, to the microsecond. A due date beyond `LATEST_DUE` becomes `LATEST_DUE`: nobody
    will see the difference, and readers in every time zone can show it.

    Args:
        last: When the work was done. Aware.
        interval_days: As a type keeps it: days above 0; None, 0, -1 (unlimited) and -2 (external) set no due date.
    """
    if interval_days is None or mode_of(interval_days) is not IntervalMode.NORMAL:
        return None
    try:
        return min(utc(last) + timedelta(days=interval_days), LATEST_DUE)
    except OverflowError:
        return LATEST_DUE

"""How bad an asset looks from what it carries itself. The server's status is the full judgement; this needs no call."""

from collections.abc import Iterator
from datetime import datetime

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats.domains.asset.models import Asset, AssetStatus, AssetType


def alarm_level(subject: Asset | AssetStatus, now: datetime) -> AssetAlarmState:
    """
    The server's judgement where *subject* carries one, else what its dates and counts say.

    Dates count against the time from the last to the next, counts against the limits of `asset_type` when it is there.
    Not seen here: work that was never done although its type demands it.

    Args:
        now: Naive local time, as the dates of models are.
    """
    if subject.alarm_state is not None:
        return subject.alarm_state
    if subject.state == AssetState.SCRAPPED:
        return AssetAlarmState.OK
    return max((_level(percent, subject.asset_type) for percent in _percents(subject, now)), default=AssetAlarmState.OK)


def _level(percent: float, asset_type: AssetType | None) -> AssetAlarmState:
    warning = asset_type.warning_threshold if asset_type else None
    alarm = asset_type.alarm_threshold if asset_type else None
    if percent >= (100 if alarm is None else min(alarm, 100)):
        return AssetAlarmState.ALARM
    return AssetAlarmState.WARNING if warning is not None and percent >= warning else AssetAlarmState.OK


def _percents(asset: Asset, now: datetime) -> Iterator[float]:
    """How much of each interval and limit is used up."""
    yield from _share_of_time(asset.last_calibration_date, asset.next_calibration_date, now)
    yield from _share_of_time(asset.last_maintenance_date, asset.next_maintenance_date, now)
    if asset.asset_type is not None:
        yield from _share_of_limit(asset.running_count, asset.asset_type.running_count_limit)
        yield from _share_of_limit(asset.total_count, asset.asset_type.total_count_limit)


def _share_of_time(last: datetime | None, due: datetime | None, now: datetime) -> Iterator[float]:
    if due is not None and (due <= now or (last is not None and last < due)):
        yield 100.0 if due <= now or last is None else 100 * ((now - last) / (due - last))


def _share_of_limit(count: int | None, limit: int | None) -> Iterator[float]:
    if count is not None and limit is not None and limit > 0:
        yield 100 * count / limit

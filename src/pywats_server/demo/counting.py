"""How the assets of the demo were used: at what rate, when running counts were reset, and what was counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from pywats_server.demo.lives import Life, moments_back
from pywats_server.demo.workdays import is_workday

_DAY = timedelta(days=1)
# A reset is refused once the total count has reached its limit, so the last one happens before that.
_TOTAL_AT_LAST_RESET = 0.97
_RESET_AFTER = (0.8, 0.98)
_UNEVEN = (0.85, 1.15)
_BEFORE_RESET = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counting:
    """The counts that an asset was registered with, and the uses counted since: when, and how many."""

    running: int
    total: int
    uses: Sequence[tuple[datetime, int]]


def rate_of(life: Life, upkeep: Sequence[datetime]) -> float:
    """
    Return the asset's uses a day.

    Where upkeep resets the running count, the rate makes it what the asset's wear wants, as far as that is plausible.
    """
    typical = life.item.kind.uses_per_day * life.random.uniform(0.75, 1.25)
    limit = life.item.kind.type.running_count_limit
    if not isinstance(limit, int) or not upkeep:
        return typical
    wanted = life.wear.running * limit / ((life.now - upkeep[-1]) / _DAY)
    return min(max(wanted, 0.6 * typical), 1.3 * typical)


def resets_by_need(life: Life, rate: float) -> list[datetime]:
    """Return when the running count was reset because its limit came near, as `moments_back` does."""
    limit = life.item.kind.type.running_count_limit
    if not isinstance(limit, int) or not rate:
        return []
    days_to_limit = limit / rate
    return moments_back(life, life.wear.running * days_to_limit, days_to_limit, _RESET_AFTER)


def counting(life: Life, rate: float, resets: Sequence[datetime]) -> Counting:
    """
    Return what was counted.

    Args:
        rate: Uses a day.
        resets: When the running count was reset, oldest first.
    """
    if not rate or life.is_spare:
        return Counting(0, 0, ())
    bounds = [life.registered_at, *(at for at in resets if life.registered_at < at < life.left_at), life.left_at]
    periods = list(pairwise(bounds))
    uses = [round(rate * ((end - start) / _DAY)) for start, end in periods]
    running, total = _initial_counts(life, rate, resets, uses)
    readings = [reading for period, n in zip(periods, uses, strict=True) for reading in _spread(life, period, n)]
    return Counting(running, total, readings)


def _initial_counts(life: Life, rate: float, resets: Sequence[datetime], uses: Sequence[int]) -> tuple[int, int]:
    """Return the running and the total count that the asset was registered with; what was bought new had none."""
    if life.item.bought_days_ago is not None:
        return 0, 0
    earlier = [at for at in resets if at <= life.registered_at]
    running = round(rate * ((life.registered_at - earlier[-1]) / _DAY)) if earlier else 0
    return running, max(running, _carried(life, uses))


def _carried(life: Life, uses: Sequence[int]) -> int:
    """Return the total count that brings the asset to its wear of today after *uses* in each period between resets."""
    limit = life.item.kind.type.total_count_limit
    if not isinstance(limit, int):
        return life.random.randrange(5_000, 150_000)
    wanted = round(life.wear.total * limit) - sum(uses)
    return max(0, min(wanted, round(_TOTAL_AT_LAST_RESET * limit) - sum(uses[:-1])))


def _spread(life: Life, period: tuple[datetime, datetime], uses: int) -> Iterator[tuple[datetime, int]]:
    """Divide *uses* over the readings within a period, in proportion to the workdays before each."""
    start, end = period
    readings = _readings(life, start, end)
    work = [_workdays(before, at) * life.random.uniform(*_UNEVEN) for before, at in pairwise([start, *readings])]
    whole, passed, counted = sum(work), 0.0, 0
    for at, days in zip(readings, work, strict=True):
        passed += days
        counted_now = round(uses * passed / whole)
        yield at, counted_now - counted
        counted = counted_now


def _readings(life: Life, start: datetime, end: datetime) -> list[datetime]:
    """Return when the counter was read within a period: on reading days, and before it was reset."""
    minutes = timedelta(minutes=life.random.randrange(60))
    readings = [at for day in _reading_days(life.now) if start < (at := day + minutes) < end - _BEFORE_RESET]
    if end < life.now or not readings:
        readings.append(max(end - _BEFORE_RESET, start))
    return readings


def _workdays(start: datetime, end: datetime) -> float:
    """Return how many days were worked; a little where none was, so that each reading has its share."""
    days = (end.date() - start.date()).days
    return sum(is_workday(start + number * _DAY) for number in range(1, days + 1)) or 0.1


@lru_cache(maxsize=1)
def _reading_days(now: datetime) -> Sequence[datetime]:
    """Return the afternoons on which counts were read: seldom at first, daily of late."""
    days_ago = (*range(1064, 182, -84), *range(182, 21, -28), *range(21, 0, -1))
    afternoon = datetime.combine(now.date(), time(15), UTC)
    return sorted({_workday(afternoon - days * _DAY) for days in days_ago})


def _workday(at: datetime) -> datetime:
    while not is_workday(at):
        at -= _DAY
    return at

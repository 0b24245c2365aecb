"""
What assets have lived through: dates, counts and use, and what the rules make of them.

A million assets share a few thousand lives, because asking the rules a million times would take most of the seeding.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from benchmarks.seeds.catalogue import DEMANDS
from pywats.domains.asset.enums import AssetState
from pywats_server.instants import instant
from pywats_server.rules.model import Demands, Facts
from pywats_server.rules.status import alarm_instants, due_dates
from pywats_server.services.settling import with_next_dates

# A prime, so that lives fall on the assets of trees and locations without a pattern.
_LIVES = 20_011
_NEGLECTED = 0.015
_DAYS_OF_USE = 2
_STATES = (AssetState.IN_OPERATION,) * 12 + (AssetState.IN_STORAGE, AssetState.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class Life:
    """
    One life.

    Attributes:
        facts: Dates and counts as they are now; the next dates come from the intervals.
        count_level, warning_at, alarm_at: As the rules say ahead (`rules.model.AlarmInstants`), in the form kept.
        due: When calibration, maintenance and the first of them are due, in the form kept.
        uses: Days with the uses counted on them, today last; the counts hold them already.
    """

    type_name: str
    facts: Facts
    count_level: int
    warning_at: str | None
    alarm_at: str | None
    due: tuple[str | None, ...]
    uses: tuple[tuple[str, int], ...]


def lives(assets: int, now: datetime) -> list[Life]:
    """Return lives for so many *assets* that have come to *now*: about one asset in thirty is in alarm."""
    chance = Random(_LIVES)  # noqa: S311 - the same lives each time are the point
    names = list(DEMANDS)
    return [_life(chance, names[number % len(names)], now) for number in range(min(assets, _LIVES))]


def _life(chance: Random, type_name: str, now: datetime) -> Life:
    demands = DEMANDS[type_name]
    uses = _uses(chance, now)
    facts = _facts(chance, demands, sum(count for _, count in uses), now)
    ahead, due = alarm_instants(facts, demands), due_dates(facts, demands)
    return Life(
        type_name=type_name,
        facts=facts,
        count_level=int(ahead.count_level),
        warning_at=None if ahead.warning_at is None else instant(ahead.warning_at),
        alarm_at=None if ahead.alarm_at is None else instant(ahead.alarm_at),
        due=tuple(None if at is None else instant(at) for at in (due.calibration_at, due.maintenance_at, due.next_at)),
        uses=uses,
    )


def _uses(chance: Random, now: datetime) -> tuple[tuple[str, int], ...]:
    days = (*sorted(chance.sample(range(1, 60), _DAYS_OF_USE - 1), reverse=True), 0)
    return tuple((instant(now - timedelta(days=ago))[:10], chance.randint(1, 300)) for ago in days)


def _facts(chance: Random, demands: Demands, used: int, now: datetime) -> Facts:
    running = used + _share_of(chance, demands.running_count_limit)
    total = running + _share_of(chance, demands.total_count_limit) // 2
    facts = Facts(
        state=chance.choice(_STATES),
        first_seen_at=now - timedelta(days=chance.randint(800, 3000)),
        running_count=running,
        total_count=total,
        last_calibration_at=_last_work(chance, demands.calibration_interval_days, now),
        last_maintenance_at=_last_work(chance, demands.maintenance_interval_days, now),
    )
    return with_next_dates(facts, demands, calibration=True, maintenance=True)


def _share_of(chance: Random, limit: int | None) -> int:
    """Return a count that mostly is below *limit*."""
    return int((limit if limit and limit > 0 else 1000) * _used_up(chance))


def _last_work(chance: Random, interval_days: float | None, now: datetime) -> datetime | None:
    if interval_days is None:
        return None
    days = interval_days if interval_days > 0 else 365
    return now - timedelta(days=round(days * _used_up(chance)), seconds=chance.randrange(86_400))


def _used_up(chance: Random) -> float:
    """Return how much of a limit or interval is used up: mostly some of it, sometimes more than all."""
    return 1 + chance.random() / 5 if chance.random() < _NEGLECTED else 0.98 * chance.random()

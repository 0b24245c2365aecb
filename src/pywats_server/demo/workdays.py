"""When people are at work: the demo's events happen then."""

from datetime import datetime, time, timedelta
from random import Random

_FIRST_HOUR, _LAST_HOUR = 6, 15
_SATURDAY = 5
# What belongs together goes on for some hours after its first event.
_REST_OF_DAY = timedelta(hours=4)


def at_work(moment: datetime, random: Random, before: datetime) -> datetime:
    """
    Return a second within working hours, UTC, of the day of *moment* or, at a weekend, of the Friday before.

    It lies hours before *before*, so that what follows it on the same day is past then. Moments that are three days or
    more apart stay in order.
    """
    hours = timedelta(seconds=random.randrange(_FIRST_HOUR * 3600, _LAST_HOUR * 3600))
    at = datetime.combine(moment.date(), time(), moment.tzinfo) + hours
    while at.weekday() >= _SATURDAY or at > before - _REST_OF_DAY:
        at -= timedelta(days=1)
    return at


def is_workday(moment: datetime) -> bool:
    """Tell whether people work on the day of *moment*."""
    return moment.weekday() < _SATURDAY

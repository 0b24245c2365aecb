"""How long somebody has to wait who failed to sign in: not at all at first, then twice as long each time."""

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

FREE_BY_NAME = 5
FREE_BY_ADDRESS = 50
"""How often it may fail at once. Many people may share an address: that of a proxy, or of the bench's computer."""

LONGEST = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)

_OF_ONE_PERSON = 64
_SHORTEST = timedelta(seconds=1)
_MOST_DOUBLINGS = 9


def neighbourhood(address: str) -> str:
    """Return for what tries from *address* count: itself, or the 64-bit network of IPv6 that one person may have."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found), _OF_ONE_PERSON), strict=False))


def delay(failures: int, free: int) -> timedelta:
    """Return how long after the last of *failures* nobody may try again, when *free* of them cost nothing."""
    if failures < free:
        return timedelta()
    return min(_SHORTEST * (1 << min(failures - free, _MOST_DOUBLINGS)), LONGEST)


def is_forgotten(since: timedelta) -> bool:
    """Tell whether failures count no more, *since* the last of which so much time has passed."""
    # Those from far ahead were counted by a clock that was wrong, and would otherwise never end.
    return not -LONGEST <= since < FORGOTTEN_AFTER


def wait(failures: int, since: timedelta, free: int) -> timedelta:
    """
    Return how long somebody has to wait before the next try, which may be no time.

    Args:
        failures: How often it has failed in a row.
        since: The time since the last of them. A little below 0 where another server's clock is ahead.
        free: How many failures cost nothing.
    """
    return timedelta() if is_forgotten(since) else max(delay(failures, free) - since, timedelta())

"""
Between the dates of the wire and those of Python.

The wire carries UTC without a zone. Python's convention is that a naive `datetime` is local time, so that
`asset.next_calibration_date - datetime.now()` is right in every time zone.
"""

from datetime import UTC, date, datetime, time
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local_from_wire(text: str) -> datetime | None:
    """
    The naive local time of a date on the wire, which is UTC unless it says otherwise.

    None for a date in the year 1, which stands for "never" there.

    Raises:
        ValueError: *text* is no ISO 8601 date.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.year == 1:
        return None
    return local_from_aware(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def local_from_aware(moment: datetime) -> datetime:
    """The same *moment* as naive local time; `fold` tells the two readings of a repeated hour apart."""
    # `astimezone` would lose the fold, and a float of seconds the last microsecond.
    since = moment - EPOCH
    try:
        local = datetime.fromtimestamp(since.days * 86400 + since.seconds)  # noqa: DTZ006 - local is meant
        return local.replace(microsecond=since.microseconds) if since.microseconds else local
    except (OverflowError, ValueError, OSError):
        # Within a day of the first and the last moment that Python knows, local time may not exist.
        return moment.replace(tzinfo=None)


def local_from_any(value: Any) -> Any:
    """Naive local time from text of the wire, an aware or naive moment, or a day; anything else stays what it is."""
    if isinstance(value, str):
        return local_from_wire(value)
    if isinstance(value, datetime):
        return local_from_aware(value) if value.tzinfo else value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return value


def utc(moment: datetime) -> datetime:
    """The same *moment* in UTC, aware; a naive one is local time."""
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError, OSError):
        return moment.replace(tzinfo=UTC)


def wire_from_local(moment: datetime) -> str:
    """A date as it is sent: UTC with a `Z`, the fraction without trailing zeros; a naive *moment* is local time."""
    text = utc(moment).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"

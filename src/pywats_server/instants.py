"""
The one form in which the server keeps and sends a moment: UTC, ISO 8601, no zone, fraction without trailing zeros.

Texts of this form sort as the moments do, on every database, and go to the wire as they are.
"""

import re
from datetime import UTC, datetime
from typing import NewType

Instant = NewType("Instant", str)
"""A moment in the form above, such as `2026-01-26T00:01:10.336`."""

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+\- ]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE | re.ASCII,
)


def instant(moment: datetime) -> Instant:
    """Put an aware *moment* into the form that is kept and sent."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no UTC offset; the server only keeps moments that have one")
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    text = in_utc.isoformat().removesuffix("+00:00")
    return Instant(text.rstrip("0") if "." in text else text)


def moment(text: str) -> datetime:
    """Read a kept instant back, as an aware UTC datetime."""
    # Setting the zone of a moment takes several times as long as reading it.
    return datetime.fromisoformat(f"{text}+00:00")


def read_moment(text: str) -> datetime:
    """
    Read a date that a client sent: with `Z`, an offset or none (then it is UTC), with up to nine fraction digits
    (kept to the microsecond), or a date alone (its first moment). A blank where a plus belongs is read as the plus
    that got lost in an unencoded query.

    Raises:
        ValueError: *text* is no date, or lies outside the years 1 to 9999 in UTC.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a date such as 2026-01-31, 2026-01-31T10:15:00 or 2026-01-31T10:15:00+01:00")
    year, month, day, *clock, fraction, zone = match.groups()
    time = ":".join(part or "00" for part in clock)
    date = f"{year}-{month}-{day}T{time}.{(fraction or '0')[:6].ljust(6, '0')}"
    offset = "Z" if zone is None else zone.upper().replace(" ", "+")
    try:
        return datetime.fromisoformat(date + offset).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999") from error

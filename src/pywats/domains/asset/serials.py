"""Which serial numbers can stand in the path of an asset, and which would be taken for something else there."""

import re
from uuid import UUID

_ROUTES = frozenset(
    {
        "archive",
        "calibration",
        "count",
        "log",
        "maintenance",
        "message",
        "resetrunningcount",
        "setrunningcount",
        "settotalcount",
        "state",
        "status",
        "subassets",
        "types",
    }
)

_VANISHING_SEGMENT = re.compile(r"(^|/)\.*(/|$)")
"""Servers and proxies drop empty segments and resolve dots, even percent-encoded ones."""


def is_path_safe(serial_number: str) -> bool:
    """Whether `/api/Asset/{serial_number}` can only mean the asset with this serial number."""
    first = serial_number.partition("/")[0].lower()
    return first not in _ROUTES and not _VANISHING_SEGMENT.search(serial_number) and not is_uuid(serial_number)


def is_uuid(text: str) -> bool:
    """Whether *text* reads as an asset id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True

"""The one source of "now". The server asks a clock that it was given, so that a test can hand it another."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment, aware, UTC."""


def system_clock() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)

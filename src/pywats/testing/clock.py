"""A clock that tests move."""

from datetime import datetime, timedelta

from pywats.shared.dates import local_from_aware, utc


class ManualClock:
    """
    A clock that stands until a test moves it.

    Attributes:
        now: Its moment, aware, UTC.
    """

    def __init__(self, now: datetime) -> None:
        self.now = utc(now)

    def __call__(self) -> datetime:
        """Its moment, so that programs which ask a clock can be handed this one."""
        return self.now

    @property
    def local(self) -> datetime:
        """Its moment as the models of `pywats` tell moments: naive local time."""
        return local_from_aware(self.now)

    def set(self, moment: datetime) -> None:
        """Go to *moment*, in either direction; a naive one is local time."""
        self.now = utc(moment)

    def advance(self, **duration: float) -> None:
        """Move on by a `timedelta` of *duration*, such as `days=30`."""
        self.now += timedelta(**duration)

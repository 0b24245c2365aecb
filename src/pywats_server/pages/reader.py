"""Who reads a page: their language, time zone and colours, which templates and filters follow."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from starlette.requests import Request

from pywats_server.pages.languages import preferred
from pywats_server.rules.sentences import Language

LANGUAGE_COOKIE, ZONE_COOKIE, THEME_COOKIE = "language", "zone", "theme"
THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Reader:
    """
    How a reader wants pages.

    Attributes:
        theme: One of `THEMES`; `system` leaves it to the browser.
        now: When the page is made; aware.
    """

    language: Language
    zone: ZoneInfo
    theme: str
    now: datetime


current: ContextVar[Reader] = ContextVar("current")
"""The reader of the page that is being made."""


def reader_of(request: Request) -> Reader:
    """
    Return who reads the answer to *request*.

    What they chose stands in cookies; a script puts the browser's own zone there. Without it dates are in UTC. What a
    cookie says that is no choice of ours counts for nothing.
    """
    cookies = request.cookies
    theme = cookies.get(THEME_COOKIE, "")
    return Reader(
        preferred(request.headers.get("Accept-Language"), cookies.get(LANGUAGE_COOKIE)),
        zone_named(cookies.get(ZONE_COOKIE, "")) or ZoneInfo("UTC"),
        theme if theme in THEMES else "system",
        request.app.state.backend.clock(),
    )


def zone_named(name: str) -> ZoneInfo | None:
    """Return the time zone of an IANA *name* such as `Europe/Oslo`; None when there is none."""
    return ZoneInfo(name) if name in zone_names() else None


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())

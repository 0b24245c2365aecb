"""Who reads a page: their language, time zone and colours, which templates and filters follow."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from starlette.requests import Request
from starlette.responses import Response

from pywats_server.pages.languages import preferred
from pywats_server.rules.sentences import Language

LANGUAGE_COOKIE, ZONE_COOKIE, THEME_COOKIE = "language", "zone", "theme"
BROWSER_ZONE_COOKIE = "browser-zone"
THEMES = ("system", "light", "dark")
_YEAR_SECONDS = 365 * 24 * 60 * 60


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

    What they chose stands in cookies; a script tells the browser's own zone, which serves until they chose one. Without
    both, dates are in UTC. What a cookie says that is no choice of ours counts for nothing.
    """
    cookies = request.cookies
    theme = cookies.get(THEME_COOKIE, "")
    zones = (zone_named(cookies.get(name, "")) for name in (ZONE_COOKIE, BROWSER_ZONE_COOKIE))
    return Reader(
        preferred(request.headers.get("Accept-Language"), cookies.get(LANGUAGE_COOKIE)),
        next((zone for zone in zones if zone is not None), ZoneInfo("UTC")),
        theme if theme in THEMES else "system",
        request.app.state.backend.clock(),
    )


def keep_choice(response: Response, cookie: str, choice: str) -> None:
    """Let the browser hold a *choice* for a year; an empty one is forgotten."""
    if choice:
        response.set_cookie(cookie, choice, max_age=_YEAR_SECONDS, httponly=True, samesite="lax")
    else:
        response.delete_cookie(cookie, httponly=True, samesite="lax")


def zone_named(name: str) -> ZoneInfo | None:
    """Return the time zone of an IANA *name* such as `Europe/Oslo`; None when there is none."""
    return ZoneInfo(name) if name in zone_names() else None


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())

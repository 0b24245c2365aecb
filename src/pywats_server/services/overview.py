"""What needs somebody today, over all assets: counts, what is due next and when, and where assets are."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from msgspec import Struct

from pywats.domains.asset.enums import AssetState
from pywats_server.instants import instant
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import overview
from pywats_server.store.overview import Counts as Counts
from pywats_server.store.overview import DueAsset as DueAsset

DUE_WITHIN_DAYS = (7, 30, 90)
"""The times ahead, in days, for which `today` tells what is due."""

_WEEK = timedelta(days=7)


@use_case(Permission.READ)
async def today(session: Session) -> Counts:
    """
    Count the assets that need somebody, as `rules.status.judge` sees them at this moment.

    An asset is due at the earlier of its due dates; when that has passed it is overdue, and due within no time ahead.
    Scrapped assets need nobody.
    """
    first, second, third = (instant(session.now + timedelta(days=days)) for days in DUE_WITHIN_DAYS)
    return await overview.count(session.connection, session.instant, (first, second, third))


@use_case(Permission.READ)
async def list_due_next(session: Session, top: int = 10) -> list[DueAsset]:
    """Return the *top* assets that are due next, soonest first; those that are overdue are not among them."""
    return await overview.due_next(session.connection, session.instant, top)


class WeekDue(Struct, frozen=True):
    """How many calibrations and maintenances are due in an ISO week, which begins on *monday*, UTC."""

    monday: date
    calibrations: int
    maintenances: int


@use_case(Permission.READ)
async def list_due_by_week(session: Session) -> list[WeekDue]:
    """
    Return what is due in each of 52 weeks, the present one first.

    Each due date of an asset counts. One that has passed is overdue, and counts in no week.
    """
    mondays = _mondays(session.now)
    # The present week is asked for what is left of it.
    bounds = [instant(session.now + timedelta.resolution), *map(instant, mondays[1:])]
    due = await overview.due_in_spans(session.connection, bounds)
    return [WeekDue(monday.date(), *counts) for monday, counts in zip(mondays, due, strict=False)]


def _mondays(now: datetime) -> list[datetime]:
    """Return the first moments of the present week and of the 52 after it."""
    day = now.astimezone(UTC).date()
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(tzinfo=UTC))
    return [monday + number * _WEEK for number in range(overview.SPANS + 1)]


class Place(Struct, frozen=True):
    """A location, and how many of its assets are in each state; states that none is in are left out."""

    location: str
    states: dict[AssetState, int]


@use_case(Permission.READ)
async def list_states_by_location(session: Session, top: int = 10) -> list[Place]:
    """Return the *top* locations with most assets, these first. Assets without a location are left out."""
    rows = await overview.states_by_location(session.connection, top)
    return [
        Place(location, {state: assets for _, state, assets in cells})
        for location, cells in groupby(rows, key=lambda row: row[0])
    ]

"""Today: what needs somebody now, what is due next, what happened last, and the year ahead."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.pages import entries
from pywats_server.pages.charts import Amounts, bar_chart
from pywats_server.pages.visit import Visit, page
from pywats_server.services import history, overview
from pywats_server.services.overview import WeekDue

# Everybody who looks within this time is told the same numbers.
_COUNTED_WITHIN = timedelta(seconds=2)
_SLOW_WITHIN = timedelta(minutes=1)
_NEXT, _LATEST, _PLACES = 10, 8, 10


async def _show(visit: Visit) -> Response:
    latest = await visit.read(history.look_through_log, top=_LATEST)
    if not latest.entries:
        # Every asset has an entry from its first moment, so there is none.
        return visit.render("today/empty.html")
    counts = await visit.recently(_COUNTED_WITHIN, overview.today)
    return visit.render(
        "today/today.html",
        counts=counts.answer,
        due_within=tuple(zip(overview.DUE_WITHIN_DAYS, counts.answer.due, strict=True)),
        due_next=await visit.read(overview.list_due_next, _NEXT),
        latest=entries.tell(latest.entries),
    )


async def _show_weeks(visit: Visit) -> Response:
    told = await visit.recently(_SLOW_WITHIN, overview.list_due_by_week)
    chart = bar_chart([Amounts(week.monday, (week.calibrations, week.maintenances)) for week in told.answer])
    addresses = [_addresses(week, is_present=number == 0) for number, week in enumerate(told.answer)]
    return _part(visit, "weeks", visit.text("Due in the next 52 weeks"), chart=chart, addresses=addresses, at=told.at)


def _addresses(week: WeekDue, *, is_present: bool) -> tuple[str, str]:
    """Return where the assets stand whose calibration is due in a week, and those whose maintenance is."""
    since = "gt now()" if is_present else f"ge {_midnight(week.monday)}"
    until = f"lt {_midnight(week.monday + timedelta(days=7))}"
    calibrations, maintenances = (
        "/assets?" + urlencode({"filter": f"{name} {since} and {name} {until}"})
        for name in ("calibrationDueDate", "maintenanceDueDate")
    )
    return calibrations, maintenances


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


async def _show_locations(visit: Visit) -> Response:
    told = await visit.recently(_SLOW_WITHIN, overview.list_states_by_location, _PLACES)
    most = max((sum(place.states.values()) for place in told.answer), default=1)
    return _part(visit, "locations", visit.text("States by location"), places=told.answer, most=most, at=told.at)


def _part(visit: Visit, name: str, title: str, **context: Any) -> Response:
    """Return a part of the page, as a page of its own where no script asks for it."""
    template = f"today/{name}.html"
    if visit.is_partial:
        return visit.render(template, **context)
    return visit.render("today/alone.html", part=template, title=title, **context)


routes = [
    Route("/", page(_show)),
    Route("/today/weeks", page(_show_weeks)),
    Route("/today/locations", page(_show_locations)),
]

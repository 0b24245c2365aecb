"""Today: what needs somebody now."""

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.pages.visit import Visit, page


async def _show(visit: Visit) -> Response:
    return visit.render("today/today.html")


routes = [Route("/", page(_show))]

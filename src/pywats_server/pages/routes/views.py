"""Saving the list of assets as a view, and deleting views."""

from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import InvalidInput, NotAllowed, NotFound, RuleViolation, Sentence
from pywats_server.pages.asset_lists import read_address
from pywats_server.pages.visit import Visit, page
from pywats_server.services import views


async def _save(visit: Visit) -> Response:
    asked = read_address(QueryParams(parse_qsl(visit.field("list"))))
    name, is_shared = visit.field("name"), visit.field("shared") == "1"
    try:
        key = await visit.write(views.save_view, name, asked.query(), is_shared=is_shared)
    except (InvalidInput, RuleViolation, NotAllowed) as error:
        return visit.render("assets/view.html", 422, asked=asked, name=name, is_shared=is_shared, error=error)
    return visit.done(_address(key, asked.query()), visit.text("The view %(name)s was saved.", name=name))


async def _delete(visit: Visit) -> Response:
    view = await visit.write(views.delete_view, _key(visit))
    return visit.done("/assets", visit.text("The view %(name)s was deleted.", name=view.name))


async def _open(visit: Visit) -> Response:
    view = await visit.read(views.find_view, _key(visit))
    return visit.done(_address(view.key, view.query))


def _key(visit: Visit) -> int:
    text = visit.param("key")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise NotFound(Sentence("There is no view number %(key)s.", key=repr(text)), field="view", value=text)
    return int(text)


def _address(key: int, query: str) -> str:
    return f"/assets?{query}&view={key}" if query else f"/assets?view={key}"


routes = [
    Route("/views", page(_save), methods=["POST"]),
    Route("/views/{key}", page(_open)),
    Route("/views/{key}/delete", page(_delete), methods=["POST"]),
]

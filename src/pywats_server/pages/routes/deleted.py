"""Deleted assets: what was known of them, what happened to them, and their files. Nothing can be done with them."""

from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import NotFound, Sentence
from pywats_server.pages import previews
from pywats_server.pages.asset_forms import is_number
from pywats_server.pages.entries import tell_tombstone
from pywats_server.pages.visit import Visit, page
from pywats_server.services import archive
from pywats_server.services.identify import AssetRef

_MANY = 50


async def _show_all(visit: Visit) -> Response:
    serial_number = visit.query.get("serialNumber", "").strip() or None
    before = visit.query.get("before", "")
    found = await visit.scan(
        archive.list_deleted, serial_number, int(before) if is_number(before) else archive.NEWEST, _MANY + 1
    )
    return visit.render(
        "log/deleted.html",
        deleted=[tell_tombstone(asset) for asset in found[:_MANY]],
        next=f"/log/deleted?{urlencode({'before': found[_MANY - 1].key})}" if len(found) > _MANY else None,
        serial_number=serial_number,
    )


async def _show_one(visit: Visit) -> Response:
    asset_id = visit.param("asset_id")
    found = await visit.scan(archive.list_archive, AssetRef(asset_id=asset_id), top=1, skip=0)
    if not found:
        raise NotFound(Sentence("There is no deleted asset with the id %(id)r.", id=asset_id), field="id")
    told = [tell_tombstone(tombstone.asset, tombstone.files, tombstone.log) for tombstone in found]
    return visit.render("log/tombstone.html", tombstones=told)


async def _show_file(visit: Visit) -> Response:
    name = visit.param("name")
    content = await visit.scan(archive.read_archived_file, AssetRef(asset_id=visit.param("asset_id")), name)
    return Response(content, headers=previews.headers(name, content, to_save=True))


routes = [
    Route("/log/deleted", page(_show_all)),
    Route("/log/deleted/{asset_id}", page(_show_one)),
    Route("/log/deleted/{asset_id}/files/{name:path}", page(_show_file)),
]

"""The tree of assets: opened branch by branch, searched, and changed by moving assets."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pywats_server.errors import InvalidInput, NotFound, RuleViolation, Sentence
from pywats_server.pages.visit import Visit, page
from pywats_server.services import branches, family, reading, tree
from pywats_server.services.branches import LOOSE, TOP
from pywats_server.services.filters import Filters
from pywats_server.services.identify import AssetRef
from pywats_server.services.listing import Order, list_page
from pywats_server.services.session import Permission

_MOST_OPEN = 50
_FOUND = 12


async def _show(visit: Visit) -> Response:
    sought = visit.query.get("q", "").strip()
    if sought:
        return await _seek(visit, sought)
    return await _tree(visit, starts={TOP: visit.query.get("from", "")})


async def _show_loose(visit: Visit) -> Response:
    return await _tree(visit, (LOOSE,), starts={LOOSE: visit.query.get("from", "")})


async def _show_asset(visit: Visit) -> Response:
    start = visit.query.get("from")
    stored = await visit.read(reading.get_asset_by_ref, _ref(visit))
    asset_id = str(stored.document["assetId"])
    return await _tree(visit, shown=asset_id, starts={asset_id: start} if start else {})


async def _tree(
    visit: Visit, opened: tuple[str, ...] = (), shown: str | None = None, starts: Mapping[str, str] | None = None
) -> Response:
    opened = (*opened, *visit.query.getlist("open")[:_MOST_OPEN])
    found = await visit.scan(branches.open_tree, opened, AssetRef(shown) if shown else None, starts)
    template = "tree/open.html" if visit.is_partial else "tree/tree.html"
    return visit.render(template, tree=found, shown=shown, sought="", COUNTED=branches.COUNTED)


async def _seek(visit: Visit, sought: str) -> Response:
    """Lead to the asset that is meant, or tell which ones may be."""
    try:
        found = await visit.read(reading.get_asset, sought)
        return RedirectResponse(f"/tree/{found.document['assetId']}", 303)
    except NotFound:
        listed = await visit.scan(list_page, Filters(search=sought), Order("serialNumber"), _FOUND)
    if len(listed.assets) == 1:
        return RedirectResponse(f"/tree/{listed.assets[0]['assetId']}", 303)
    more = f"/assets?{urlencode({'q': sought})}" if listed.after else None
    return visit.render("tree/found.html", found=listed.assets, more=more, sought=sought)


async def _show_branch(visit: Visit) -> Response:
    """Return a page of one branch, for the script that puts it where it belongs."""
    place, start = visit.query.get("of", TOP), visit.query.get("from", "")
    branch = await visit.scan(branches.list_branch, place, start)
    return visit.render("tree/branch.html", branch=branch, place=place, COUNTED=branches.COUNTED)


def _ref(visit: Visit) -> AssetRef:
    return AssetRef(visit.param("asset_id"))


async def _show_move(visit: Visit) -> Response:
    visit.require(Permission.EDIT_ASSET)
    return await _moving(visit, _ref(visit))


async def _moving(visit: Visit, ref: AssetRef, error: InvalidInput | RuleViolation | None = None) -> Response:
    stored = await visit.read(reading.get_asset_by_ref, ref)
    above = await visit.read(family.list_ancestors, ref)
    return visit.render(
        "tree/move.html",
        200 if error is None else 422,
        asset=stored.document,
        above=above,
        entered=visit.field("parentSerialNumber"),
        error=error,
    )


async def _move(visit: Visit) -> Response:
    """Move an asset below the one that the form names by id or serial number, or out of everything."""
    visit.require(Permission.EDIT_ASSET)
    ref = AssetRef(visit.field("assetId"))
    try:
        moved = await visit.write(tree.move, ref, _parent(visit))
    except (InvalidInput, RuleViolation) as error:
        if visit.is_partial:
            raise
        return await _moving(visit, ref, error)
    if visit.is_partial:
        return visit.render("tree/moved.html", moved=moved)
    return visit.done(f"/tree/{moved.asset.asset_id}", _told(visit, moved))


def _parent(visit: Visit) -> AssetRef | None:
    """Return the asset that is to be the parent; None is none."""
    if "out" in visit.form:
        return None
    parent = AssetRef(visit.field("parentAssetId") or None, visit.field("parentSerialNumber") or None)
    if parent == AssetRef():
        message = Sentence("Give the serial number of the asset that it shall be mounted in.")
        raise InvalidInput(message, field="parentSerialNumber")
    return parent


def _told(visit: Visit, moved: tree.Moved) -> str:
    if moved.after is None:
        return visit.text("%(asset)s is mounted in nothing now.", asset=moved.asset.serial_number)
    return visit.text(
        "%(asset)s is mounted in %(parent)s now.",
        asset=moved.asset.serial_number,
        parent=moved.after.serial_number,
    )


routes = [
    Route("/tree", page(_show)),
    Route("/tree/loose", page(_show_loose)),
    Route("/tree/branch", page(_show_branch)),
    Route("/tree/move", page(_move), methods=["POST"]),
    Route("/tree/{asset_id}", page(_show_asset)),
    Route("/tree/{asset_id}/move", page(_show_move)),
]

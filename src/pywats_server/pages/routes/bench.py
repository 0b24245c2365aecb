"""Bench mode: scan, see, do, scan the next; made for a thumb and for scanners that type."""

import unicodedata
from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pywats.domains.asset.enums import AssetState
from pywats_server.errors import DomainError
from pywats_server.labels.addresses import serial_in
from pywats_server.pages import asset_forms, dates, days
from pywats_server.pages.asset_actions import ACTIONS, Action, Errand
from pywats_server.pages.asset_forms import WRONG, ref_of
from pywats_server.pages.reader import keep_choice
from pywats_server.pages.visit import Visit, page
from pywats_server.rules.texts import case_key
from pywats_server.rules.wording import describe
from pywats_server.services import files
from pywats_server.services.counts import count_uses
from pywats_server.services.dossier import open_dossier
from pywats_server.services.identify import AssetRef
from pywats_server.services.inventory import Seen, confirm_location
from pywats_server.services.labelling import find_scanned, find_similar
from pywats_server.services.readiness import check_readiness
from pywats_server.services.session import Permission
from pywats_server.services.status import TreeStatus, get_status

_RECENT = "bench"
_SHOWN = 10
_LARGE = ("calibrate", "maintain", "reset-count", "state", "move", "message")
_BY_PATH = {action.path: action for action in ACTIONS if action.path in _LARGE}


async def _show(visit: Visit) -> Response:
    """Show where to scan; or go on to the asset that was scanned, or tell that there is none."""
    scanned = visit.query.get("scan", "")
    if not scanned.strip():
        return visit.render("bench/bench.html", **await _recent(visit))
    asset_id, similar = await _find(visit, scanned)
    if asset_id is not None:
        return RedirectResponse(f"/bench/{asset_id}", 303)
    return await _unknown(visit, "bench/bench.html", similar)


async def _find(visit: Visit, scanned: str) -> tuple[str | None, list[str]]:
    """Return the id of the asset that somebody scanned, or typed in small letters; or else what they may have meant."""
    asset_id = await visit.read(find_scanned, _readings(scanned))
    if asset_id is not None:
        return asset_id, []
    meant = serial_in(scanned)
    similar = await visit.scan(find_similar, meant)
    same = [one for one in similar if case_key(one) == case_key(meant)]
    return await visit.read(find_scanned, same) if len(same) == 1 else None, similar


def _readings(scanned: str) -> tuple[str, ...]:
    """Return the serial numbers that a scan may stand for, the most literal first."""
    meant = serial_in(scanned)
    # Keyboards for Chinese type letters as wide as a sign.
    return tuple(dict.fromkeys((scanned, scanned.strip(), meant, unicodedata.normalize("NFKC", meant))))


async def _unknown(visit: Visit, template: str, similar: list[str], **context: Any) -> Response:
    meant = serial_in(visit.field("scan") or visit.query.get("scan", ""))
    return visit.render(template, 404, unknown=meant, similar=similar, **context, **await _recent(visit))


async def _recent(visit: Visit, shown: str | None = None) -> dict[str, Any]:
    """Return the assets that were scanned last in this browser, but for the one that is *shown*."""
    refs = [AssetRef(asset_id) for asset_id in _recent_ids(visit) if asset_id != shown]
    found = await visit.read(check_readiness, refs, include_children=False)
    return {"recent": [one for one in found if isinstance(one, TreeStatus)]}


def _recent_ids(visit: Visit) -> list[str]:
    return [one for one in visit.request.cookies.get(_RECENT, "").split(".") if one][:_SHOWN]


async def _show_asset(visit: Visit) -> Response:
    return await _asset(visit)


async def _asset(
    visit: Visit, *, opened: str = "", error: DomainError | None = None, entered: dict[str, Any] | None = None
) -> Response:
    dossier = await visit.read(open_dossier, ref_of(visit))
    asset = dossier.asset
    below = await visit.scan(get_status, ref_of(visit)) if asset.has_children else None
    response = visit.render(
        "bench/asset.html",
        200 if error is None else 422,
        dossier=dossier,
        asset=asset,
        stored=dossier.view.document,
        is_scrapped=asset.facts.state is AssetState.SCRAPPED,
        message=describe(dossier.verdict, visit.reader.language, translate=True),
        next_due=min((r.due_at for r in dossier.verdict.readings if r.due_at is not None), default=None),
        worst=below.bubbled if below and below.bubbled > dossier.verdict.alarm_state else None,
        actions=[action for action in _BY_PATH.values() if visit.principal.role.may(action.permission)],
        opened=opened,
        error=error,
        entered=entered or {},
        today=days.today(visit.reader).isoformat(),
        **await _recent(visit, asset.asset_id),
    )
    _remember(visit, response, asset.asset_id)
    return response


def _endpoint(action: Action) -> Route:
    async def send(visit: Visit) -> Response:
        visit.require(action.permission)
        errand = Errand(visit, await visit.read(open_dossier, ref_of(visit)))
        try:
            told = await action.carry_out(errand)
        except WRONG as error:
            return await _asset(visit, opened=action.path, error=error, entered=_sent(visit))
        return visit.done(_address(visit), told)

    return Route(f"{_ONE}/{action.path}", page(send), methods=["POST"])


def _address(visit: Visit) -> str:
    return f"/bench/{visit.param('asset_id')}"


def _sent(visit: Visit) -> dict[str, Any]:
    return {name: visit.field(name) for name in visit.form}


async def _add_photo(visit: Visit) -> Response:
    visit.require(Permission.ATTACH_FILE)
    # Telephones give every photo the same name.
    taken = visit.reader.now.astimezone(visit.reader.zone).strftime("%Y-%m-%d %H.%M.%S")
    uploads = [(f"{taken} {name}", content) for name, content in await asset_forms.uploads(visit, "filename")]
    try:
        await visit.write(files.attach_files, ref_of(visit), uploads)
    except WRONG as error:
        return await _asset(visit, opened="photo", error=error)
    return visit.done(_address(visit), visit.text("The photo was added."))


async def _show_inventory(visit: Visit) -> Response:
    visit.require(Permission.POST_MESSAGE)
    location = visit.query.get("location", "").strip()
    return visit.render("bench/inventory.html", location=location, error=None, **await _recent(visit))


async def _take_inventory(visit: Visit) -> Response:
    visit.require(Permission.POST_MESSAGE)
    location, scanned = visit.field("location"), visit.field("scan")
    asset_id, similar = await _find(visit, scanned)
    if asset_id is None:
        return await _unknown(visit, "bench/inventory.html", similar, location=location, error=None)
    try:
        seen = await visit.write(confirm_location, AssetRef(asset_id), location)
    except WRONG as error:
        return visit.render("bench/inventory.html", 422, location=location, error=error, **await _recent(visit))
    response = visit.done(f"/bench/inventory?{urlencode({'location': location})}", _told(visit, seen, location))
    _remember(visit, response, asset_id)
    return response


def _told(visit: Visit, seen: Seen, location: str) -> str:
    serial, before = seen.serial_number, seen.registered_at
    if before == location:
        return visit.text("%(serial)s is where it should be.", serial=serial)
    if seen.is_moved and before:
        return visit.text("%(serial)s was moved here from %(before)s.", serial=serial, before=before)
    if seen.is_moved:
        return visit.text("%(serial)s was moved here; it had no location.", serial=serial)
    return visit.text(
        "%(serial)s was seen here; its location is still %(before)s.", serial=serial, before=before or "–"
    )


async def _show_counting(visit: Visit) -> Response:
    visit.require(Permission.COUNT)
    return visit.render(
        "bench/counting.html", uses=visit.query.get("incrementBy", "1"), error=None, **await _recent(visit)
    )


async def _count(visit: Visit) -> Response:
    visit.require(Permission.COUNT)
    scanned = visit.field("scan")
    asset_id, similar = await _find(visit, scanned)
    if asset_id is None:
        return await _unknown(visit, "bench/counting.html", similar, uses=visit.field("incrementBy"), error=None)
    try:
        uses = asset_forms.whole_number(visit, "incrementBy")
        counted = await visit.write(count_uses, AssetRef(asset_id), increment_by=uses)
    except WRONG as error:
        recent = await _recent(visit)
        return visit.render("bench/counting.html", 422, uses=visit.field("incrementBy"), error=error, **recent)
    number = dates.number(counted.running_count, visit.reader.language)
    told = visit.text("%(serial)s: the running count is now %(count)s.", serial=counted.serial_number, count=number)
    response = visit.done(f"/bench/counting?{urlencode({'incrementBy': uses})}", told)
    _remember(visit, response, asset_id)
    return response


def _remember(visit: Visit, response: Response, asset_id: str) -> None:
    """Let the browser hold which asset was scanned last, before those that it holds."""
    ids = [asset_id, *(one for one in _recent_ids(visit) if one != asset_id)]
    keep_choice(response, _RECENT, ".".join(ids[:_SHOWN]))


async def _open_label(visit: Visit) -> Response:
    """Lead to the asset of a label: to its page, or on a telephone to the bench."""
    serial = visit.query.get("sn") or visit.param("serial")
    asset_id = await visit.read(find_scanned, _readings(serial))
    if asset_id is None:
        return RedirectResponse(f"/bench?scan={quote(serial, safe='')}", 303)
    # Browsers of telephones, and no others, say so.
    is_phone = "Mobi" in visit.request.headers.get("User-Agent", "")
    return RedirectResponse(f"/bench/{asset_id}" if is_phone else f"/assets/{asset_id}", 303)


_ONE = "/bench/{asset_id:uuid}"

routes = [
    Route("/bench", page(_show)),
    Route("/bench/inventory", page(_show_inventory)),
    Route("/bench/inventory", page(_take_inventory), methods=["POST"]),
    Route("/bench/counting", page(_show_counting)),
    Route("/bench/counting", page(_count), methods=["POST"]),
    Route(_ONE, page(_show_asset)),
    Route(f"{_ONE}/photo", page(_add_photo), methods=["POST"]),
    *(_endpoint(action) for action in _BY_PATH.values()),
    Route("/s/{serial:path}", page(_open_label)),
]

"""Adding an asset, and editing one."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import DomainError, PreconditionFailed
from pywats_server.pages import asset_drafts, asset_forms, days
from pywats_server.pages.asset_actions import Entered
from pywats_server.pages.asset_forms import WRONG, address_of, ref_of
from pywats_server.pages.visit import Visit, page
from pywats_server.pages.words import STATES, slug, word
from pywats_server.services import assets, overview, types
from pywats_server.services.completing import complete_serial_number
from pywats_server.services.dossier import Dossier, open_dossier
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Permission

# What an address may tell of a new asset.
_ASKED = {"serialNumber": "serial", "typeId": "type", "parentSerialNumber": "parent"}


async def _show_new(visit: Visit) -> Response:
    visit.require(Permission.EDIT_ASSET)
    query = visit.query
    if "like" in query:
        begun = asset_drafts.like(await visit.read(open_dossier, AssetRef(query["like"])))
    else:
        begun = asset_drafts.blank()
    told = {name: query[asked] for name, asked in _ASKED.items() if asked in query}
    return await _form(visit, begun | told)


async def _add(visit: Visit) -> Response:
    try:
        draft = asset_drafts.draft(visit, None)
        saved = await visit.write(assets.save_asset, draft, create_only=True, comment=visit.field("comment") or None)
    except WRONG as error:
        return await _form(visit, asset_drafts.sent(visit), error=error)
    return visit.done(address_of(saved.asset.asset_id), visit.text("The asset was added."))


async def _show_edit(visit: Visit) -> Response:
    visit.require(Permission.EDIT_ASSET)
    dossier = await visit.read(open_dossier, ref_of(visit))
    return await _form(visit, asset_drafts.of(dossier), dossier)


async def _save(visit: Visit) -> Response:
    dossier = await visit.read(open_dossier, ref_of(visit))
    try:
        await visit.write(
            assets.save_asset,
            asset_drafts.draft(visit, dossier),
            if_versions=asset_forms.versions(visit),
            comment=visit.field("comment") or None,
        )
    except WRONG as error:
        return await _form(visit, asset_drafts.sent(visit), await visit.read(open_dossier, ref_of(visit)), error)
    return visit.done(address_of(dossier.asset.asset_id), visit.text("Saved."))


async def _form(
    visit: Visit, entered: Entered, dossier: Dossier | None = None, error: DomainError | None = None
) -> Response:
    is_changed = dossier is not None and isinstance(error, PreconditionFailed)
    return visit.render(
        "asset/edit.html",
        200 if error is None else 422,
        asset=None if dossier is None else dossier.asset,
        address=visit.request.url.path,
        page_address=None if dossier is None else address_of(dossier.asset.asset_id),
        entered=entered,
        stored=_stored(dossier) if is_changed else None,
        is_changed=is_changed,
        error=error,
        fields=asset_drafts.FIELDS,
        has_past=any(entered[name] for name in asset_drafts.PAST),
        types=await _types(visit, entered),
        states=[(slug(state), word(state)) for state in STATES],
        today=days.today(visit.reader).isoformat(),
    )


def _stored(dossier: Dossier | None) -> dict[str, Any] | None:
    """Return what stands there now, as the form would show it."""
    return None if dossier is None else asset_drafts.of(dossier) | {"typeName": dossier.view.document["typeName"]}


async def _types(visit: Visit, entered: Entered) -> list[tuple[str, str]]:
    """Return the types to choose from; a new asset begins with none of them, so that nobody takes one by accident."""
    known = list((await visit.read(types.type_names)).items())
    return known if entered["typeId"] else [("", "–"), *known]


async def _known_serial_numbers(visit: Visit) -> Response:
    typed = visit.query.get("parentSerialNumber", "").strip()
    return visit.render("asset/known.html", known=await visit.scan(complete_serial_number, typed, _SHOWN))


async def _known_locations(visit: Visit) -> Response:
    told = await visit.recently(_RECENT, overview.list_states_by_location, _MOST_LOCATIONS)
    typed = visit.query.get("location", "").casefold()
    fitting = [(place.location, "") for place in told.answer if typed in place.location.casefold()]
    return visit.render("asset/known.html", known=fitting[:_SHOWN])


_RECENT, _MOST_LOCATIONS, _SHOWN = timedelta(minutes=5), 500, 12

routes = [
    Route("/assets/new", page(_show_new)),
    Route("/assets/new", page(_add), methods=["POST"]),
    Route("/assets/known/serial-numbers", page(_known_serial_numbers)),
    Route("/assets/known/locations", page(_known_locations)),
    Route("/assets/{asset_id:uuid}/edit", page(_show_edit)),
    Route("/assets/{asset_id:uuid}/edit", page(_save), methods=["POST"]),
]

"""The list of assets: a page of it, how many there are, and all of it as a table to take along."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import InvalidInput, InvalidQuery, Sentence, TooExpensive
from pywats_server.exchange.listing import add_pages, begin_listing
from pywats_server.instants import instant
from pywats_server.odata.query import quoted
from pywats_server.pages import asset_lists, downloads, selections
from pywats_server.pages.asset_lists import ListAddress
from pywats_server.pages.visit import Visit, page
from pywats_server.pages.words import ALARM_STATES, N_, SLUGS, STATES, slug, word
from pywats_server.services import listing, types, views
from pywats_server.services.filters import Due, Filters

_ROWS_AT_ONCE = 1000
# So many are offered to be checked; a filter in OData finds the assets of others by `typeName`.
_SHOWN_TYPES = 200


async def _show(visit: Visit) -> Response:
    asked = asset_lists.read_address(visit.query)
    known = await _known(visit, asked)
    try:
        found = await visit.scan(
            listing.list_page, asked.filters, asked.order, asset_lists.PAGE_SIZE, asked.start, backwards=asked.backwards
        )
    except InvalidInput as error:
        # Who is still typing has done nothing wrong yet.
        status = 200 if visit.is_partial else 422
        return _render(visit, status, **known, found=None, error=error, marker=_marker(error))
    return _render(visit, 200, **known, **await _paged(visit, asked, found), error=None, marker=None)


def _render(visit: Visit, status: int, **context: Any) -> Response:
    if not visit.is_partial:
        return visit.render("assets/assets.html", status, **context)
    response = visit.render("assets/part.html", status, **context)
    # What was left empty in the form need not stand in the address.
    response.headers["HX-Replace-Url"] = context["asked"].address()
    return response


async def _known(visit: Visit, asked: ListAddress) -> dict[str, Any]:
    """Return what the page says whatever it finds."""
    kept = [] if visit.is_partial else await visit.read(views.list_views)
    names = await visit.read(types.type_names)
    return {
        "asked": asked,
        "sort": "" if asked.order == asset_lists.SERIAL else asset_lists.sort_name(asked.order),
        "types": [
            (type_id, name)
            for number, (type_id, name) in enumerate(names.items())
            if number < _SHOWN_TYPES or type_id in asked.filters.types
        ],
        "states": [(slug(state), word(state)) for state in STATES],
        "alarms": [(slug(state), word(state)) for state in ALARM_STATES],
        "chosen_states": [slug(state) for state in asked.filters.states],
        "chosen_alarms": [slug(state) for state in asked.filters.alarms],
        "dues": _DUES,
        "columns": asset_lists.COLUMNS,
        "column_names": [(column.name, visit.text(column.label)) for column in asset_lists.COLUMNS.values()],
        "views": kept,
        "opened": next((view for view in kept if view.key == asked.view), None),
        "chips": [
            (*_chip(visit, name, value, names), address) for name, value, address in asset_lists.without_each(asked)
        ],
    }


_FILTERS = {
    "q": N_("Search"),
    "location": N_("Location"),
    "tag": N_("Tag"),
    "filter": "OData",
}
_ALONE = {"never": N_("Never calibrated"), "count": N_("Near a count limit"), "out": N_("Out for calibration")}


def _chip(visit: Visit, name: str, value: str, types: Mapping[str, str]) -> tuple[str, str]:
    """Return what a filter is called, where its value does not tell, and its value in words."""
    if name in _ALONE:
        return "", visit.text(_ALONE[name])
    if name == "type":
        return visit.text("Type"), types.get(value, value)
    if name == "due":
        return "", visit.text(_DUES[Due(value)])
    if name in ("state", "alarm"):
        return visit.text("State") if name == "state" else visit.text("Status"), word(SLUGS[value])
    return visit.text(_FILTERS[name]), value


_DUES = {
    Due.OVERDUE: N_("Overdue"),
    Due.WITHIN_7_DAYS: N_("Due in 7 days"),
    Due.WITHIN_30_DAYS: N_("Due in 30 days"),
    Due.WITHIN_90_DAYS: N_("Due in 90 days"),
}


async def _paged(visit: Visit, asked: ListAddress, found: listing.Page) -> dict[str, Any]:
    is_whole = found.before is None and found.after is None
    count = len(found.assets) if is_whole else None
    if count is None and found.is_few:
        count = await visit.scan(listing.count_assets, asked.filters)
    return {
        "found": found,
        "count": count,
        "previous": asked.at(found.order, found.before, backwards=True),
        "next": asked.at(found.order, found.after),
        "heads": [_head(visit, asked, found, asset_lists.COLUMNS[name]) for name in asked.columns],
        "many": listing.MANY,
        "actions": selections.offered(visit),
        "now": instant(visit.reader.now),
    }


def _head(visit: Visit, asked: ListAddress, found: listing.Page, column: asset_lists.Column) -> dict[str, Any]:
    """Return a column, which way the list is sorted by it, and the address that sorts by it if that can be had."""
    is_by = column.sorts_by == found.order.by
    sort = "ascending" if is_by and not found.order.descending else "descending" if is_by else "none"
    wanted = None if column.sorts_by is None else listing.Order(column.sorts_by, descending=sort == "ascending")
    if wanted is not None and not asset_lists.can_sort(wanted, is_few=found.is_few):
        wanted = None
    return {
        "name": column.name,
        "label": visit.text(column.label),
        "css": f"of-{column.name}{' number' if column.is_number else ''}",
        "is_number": column.is_number,
        "sort": sort,
        "address": None if wanted is None else asked.address(order=wanted),
    }


def _marker(error: InvalidInput) -> int | None:
    """Return where in the text of the filter it could not be read."""
    position = error.details.get("position")
    return position if isinstance(error, InvalidQuery) and isinstance(position, int) else None


async def _count(visit: Visit) -> Response:
    asked = asset_lists.read_address(visit.query)
    try:
        count = await visit.scan(listing.count_assets, asked.filters)
    except TooExpensive:
        # The list itself is there; how long it is need not be known to go through it.
        count = None
    return visit.render("assets/count.html", count=count, many=listing.MANY)


async def _export(ending: str, visit: Visit) -> Response:
    """Return all that fits the filters, or of a form only what was selected."""
    filters = asset_lists.read_filters(visit.query)
    if visit.request.method == "POST":
        selection = selections.read_selection(visit)
        filters = selection.filters if selection.is_all else _only(selection.ids)
    with await visit.read(begin_listing) as table:
        await add_pages(table, lambda start: _part(visit, filters, start))
        name = f"assets-{visit.reader.now:%Y-%m-%d}.{ending}"
        return await downloads.table(name, table.headers, table.rows, visit.text("Assets"))


async def _part(visit: Visit, filters: Filters, start: listing.Start | None) -> listing.Page:
    return await visit.scan(listing.list_page, filters, asset_lists.SERIAL, _ROWS_AT_ONCE, start)


def _only(ids: Sequence[str]) -> Filters:
    if not ids:
        raise InvalidInput(Sentence("No asset was selected; accepted: to select some in the list first."), field="id")
    return Filters(odata=f"assetId in ({','.join(quoted(id) for id in ids)})")


routes = [
    Route("/assets", page(_show)),
    Route("/asset-count", page(_count)),
    *(Route(f"/assets.{ending}", page(partial(_export, ending))) for ending in downloads.KINDS),
    *(Route(f"/assets.{ending}", page(partial(_export, ending)), methods=["POST"]) for ending in downloads.KINDS),
]

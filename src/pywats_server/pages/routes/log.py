"""The log: what happened to all assets, and what changed beside them: types, users, tokens, imports."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import NotFound
from pywats_server.exchange import history as tables
from pywats_server.pages import asset_history, downloads, entries
from pywats_server.pages.visit import Visit, page
from pywats_server.pages.words import N_
from pywats_server.services.history import Page, Place, look_through_changes, look_through_log

SUBJECTS: Mapping[str, str] = {
    "assetType": N_("Types"),
    "user": N_("Users"),
    "token": N_("Tokens"),
    "import": N_("Imports"),
}
"""What the log of changes tells of, by the words of the API, in English."""

_FILTERS = ("of", "serialNumber", "kind", "who", "text", "from", "to")
_CHANGES = "changes"
_ROWS_AT_ONCE = 5000


async def _show(visit: Visit) -> Response:
    wanted, error = asset_history.wanted(visit)
    try:
        found = await _look(visit, wanted, asset_history.place(visit))
    except NotFound as missing:
        found, error = Page([], None), missing
    tell = entries.tell_changes if _is_of_changes(visit) else entries.tell
    response = visit.render(
        "log/found.html" if visit.is_partial else "log/log.html",
        200 if error is None or visit.is_partial else 422,
        of_changes=_is_of_changes(visit),
        entries=tell(found.entries),
        found=found,
        next=asset_history.next_address(visit, found.next),
        first=_address(visit, "/log"),
        is_first=not visit.query.get("after"),
        kinds=SUBJECTS if _is_of_changes(visit) else asset_history.KINDS,
        exports={ending: _address(visit, f"/log/export.{ending}") for ending in downloads.KINDS},
        entered=visit.query,
        error=error,
    )
    if visit.is_partial:
        # What was left empty in the form need not stand in the address.
        response.headers["HX-Push-Url"] = _address(visit, "/log")
    return response


def _is_of_changes(visit: Visit) -> bool:
    return visit.query.get("of") == _CHANGES


async def _look(visit: Visit, wanted: asset_history.Wanted, after: Place | None, **most: int) -> Page[Any]:
    if _is_of_changes(visit):
        kinds = [kind for kind in visit.query.getlist("kind") if kind in SUBJECTS]
        return await visit.scan(look_through_changes, wanted.search, kinds, after, **most)
    asset = visit.query.get("serialNumber", "").strip() or None
    return await visit.scan(look_through_log, wanted.search, asset, wanted.kinds, after, **most)


def _address(visit: Visit, path: str) -> str:
    """Return the address of what is looked for, from its first page on."""
    asked = [(name, value) for name, value in visit.query.multi_items() if name in _FILTERS and value.strip()]
    return f"{path}?{urlencode(asked)}" if asked else path


async def _export(ending: str, visit: Visit) -> Response:
    wanted, error = asset_history.wanted(visit)
    if error is not None:
        raise error
    of_changes = _is_of_changes(visit)
    row: Any = tables.change_row if of_changes else tables.log_row
    headers = tables.CHANGE_HEADERS if of_changes else tables.LOG_HEADERS
    ask = partial(_look, visit, wanted, top=_ROWS_AT_ONCE)
    parts = tables.parts(await ask(None), ask, row)
    name = f"{_CHANGES if of_changes else 'log'}-{visit.reader.now:%Y-%m-%d}.{ending}"
    return await downloads.long_table(name, headers, parts, visit.text("Log"))


routes = [
    Route("/log", page(_show)),
    *(Route(f"/log/export.{ending}", page(partial(_export, ending))) for ending in downloads.KINDS),
]

"""Asset types: which there are, what they demand, and what a change of that would do before it is saved."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import Conflict, DomainError, InvalidInput, NotFound, RuleViolation
from pywats_server.odata.query import Query, quoted
from pywats_server.pages import demands
from pywats_server.pages.entries import tell_changes
from pywats_server.pages.visit import Visit, page
from pywats_server.services import types
from pywats_server.services.history import Change
from pywats_server.services.reading import Document, list_changes
from pywats_server.services.session import Permission
from pywats_server.services.settling import seconds_to_settle
from pywats_server.services.type_preview import LOOKED_AT, Preview, preview_type

_PAGE = 100
_RECENT = timedelta(seconds=2)
_CHANGES = 50
_WORTH_TELLING_SECONDS = 2
_WRONG = (InvalidInput, RuleViolation, Conflict)
_WORDS: dict[str, Any] = {"interval": demands.interval, "limit": demands.limit, "threshold": demands.threshold}
_FORM: dict[str, Any] = {"amounts": demands.AMOUNTS}


async def _list(visit: Visit) -> Response:
    search, after = visit.query.get("q", "").strip(), visit.query.get("after", "")
    found = await visit.scan(types.list_types, Query(filter=_filter(search, after), top=_PAGE + 1))
    shown, more = found[:_PAGE], found[_PAGE:]
    next = urlencode({"q": search, "after": shown[-1]["typeName"]}) if more else None
    return visit.render(
        "types/found.html" if visit.is_partial else "types/list.html",
        types=shown,
        counts=(await visit.recently(_RECENT, types.count_assets_by_type)).answer,
        search=search,
        is_first=not after,
        next=next and f"/types?{next}",
        **_WORDS,
    )


def _filter(search: str, after: str) -> str | None:
    conditions = []
    if search:
        conditions.append(f"contains(tolower(typeName), {quoted(search.lower())})")
    if after:
        conditions.append(f"typeName gt {quoted(after)}")
    return " and ".join(conditions) or None


async def _show(visit: Visit) -> Response:
    return await _type(visit)


async def _type(visit: Visit, status: int = 200, **entered: Any) -> Response:
    """Return the page of a type; *entered* is what differs from the type as it is stored."""
    type_id = visit.param("type_id")
    stored, assets = await visit.scan(types.open_type, type_id)
    seconds = seconds_to_settle(assets)
    known: dict[str, Any] = {
        "type": stored,
        "assets": assets,
        "seconds": seconds if seconds >= _WORTH_TELLING_SECONDS else None,
        "changes": tell_changes(await _changes(visit, stored)),
        "entered": demands.entered(stored),
        "is_editable": visit.may("EDIT_TYPE") and not stored["isReadonly"],
        "error": None,
        "preview": None,
        "LOOKED_AT": LOOKED_AT,
    }
    return visit.render("types/type.html", status, **(known | entered), **_WORDS, **_FORM)


async def _changes(visit: Visit, stored: Document) -> list[Change]:
    found: list[Change] = []

    def take(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        found.extend(_change(dict(zip(names, row, strict=True)), stored["typeName"]) for row in rows)

    condition = f"subjectKind eq 'assetType' and subject eq {quoted(stored['typeId'])}"
    await visit.scan(list_changes, Query(filter=condition, top=_CHANGES), take)
    return found


def _change(document: Document, type_name: str) -> Change:
    return Change(
        number=document["changeId"],
        date=document["date"],
        subject_kind=document["subjectKind"],
        subject=document["subject"],
        type_name=type_name,
        action=document["action"],
        property=document["property"],
        old_value=document["oldValue"],
        value=document["value"],
        principal=document["principal"],
        previous_hash=document["previousHash"],
        hash=document["hash"],
    )


async def _save(visit: Visit) -> Response:
    filled = demands.sent(visit)
    try:
        wanted = demands.draft(filled, visit.param("type_id"))
        await visit.scan(types.open_type, visit.param("type_id"))
        saved = await visit.write(types.save_type, wanted)
    except _WRONG as error:
        return await _type(visit, 422, entered=filled, error=error)
    return visit.done(f"/types/{saved['typeId']}", _saved(visit, filled, saved))


def _saved(visit: Visit, filled: dict[str, str], saved: dict[str, Any]) -> str:
    """Return that a type was saved, and what of it the server had to raise."""
    told = [visit.text("The type %(name)s was saved.", name=saved["typeName"])]
    stored = demands.entered(saved)
    if float(stored["totalCountLimit"] or 0) > float(filled["totalCountLimit"] or "inf"):
        told.append(visit.text("The limit of uses in all was raised to that of uses since a reset."))
    if float(stored["alarmThreshold"] or 0) > float(filled["alarmThreshold"] or "inf"):
        told.append(visit.text("The alarm was raised to the percentage of the warning."))
    return " ".join(told)


async def _preview(visit: Visit) -> Response:
    """Return what saving would do: as a part for a script, or on the page with the form as it was filled in."""
    visit.require(Permission.EDIT_TYPE)
    filled = demands.sent(visit)
    preview: Preview | None = None
    error: DomainError | None = None
    try:
        preview = await visit.scan(preview_type, demands.draft(filled, visit.param("type_id")))
    except _WRONG as wrong:
        error = wrong
    if visit.is_partial:
        return visit.render("types/preview.html", preview=preview, error=error, LOOKED_AT=LOOKED_AT)
    return await _type(visit, 200 if error is None else 422, entered=filled, error=error, preview=preview)


async def _new(visit: Visit) -> Response:
    visit.require(Permission.EDIT_TYPE)
    model = visit.query.get("from")
    filled = demands.BLANK
    if model:
        stored, _ = await visit.scan(types.open_type, model)
        filled = demands.entered(stored) | {"typeName": ""}
    return visit.render("types/new.html", entered=filled, error=None, **_FORM)


async def _create(visit: Visit) -> Response:
    filled = demands.sent(visit)
    try:
        # An id of its own: a name that is taken is refused then, and not changed.
        saved = await visit.write(types.save_type, demands.draft(filled, str(uuid.uuid4())))
    except _WRONG as error:
        return visit.render("types/new.html", 422, entered=filled, error=error, **_FORM)
    return visit.done(f"/types/{saved['typeId']}", _saved(visit, filled, saved))


async def _delete(visit: Visit) -> Response:
    try:
        await visit.write(types.delete_types, [visit.param("type_id")])
    except Conflict as error:
        return await _type(visit, 409, error=error)
    except NotFound:
        return visit.done("/types", visit.text("The type was deleted already."))
    return visit.done("/types", visit.text("The type was deleted."))


routes = [
    Route("/types", page(_list)),
    Route("/types/new", page(_new)),
    Route("/types/new", page(_create), methods=["POST"]),
    Route("/types/{type_id}", page(_show)),
    Route("/types/{type_id}", page(_save), methods=["POST"]),
    Route("/types/{type_id}/preview", page(_preview), methods=["POST"]),
    Route("/types/{type_id}/delete", page(_delete), methods=["POST"]),
]

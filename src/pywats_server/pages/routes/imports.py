"""Importing lists of equipment: upload, choose columns, look at what would happen, confirm, follow, undo."""

import asyncio
from functools import partial
from pathlib import PureWindowsPath
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import Conflict, DomainError, InvalidInput, NotFound, Sentence
from pywats_server.exchange.mapping import check_columns
from pywats_server.exchange.wishes import Wishes, understand
from pywats_server.exchange.working import Workshop
from pywats_server.pages import downloads
from pywats_server.pages import imports as told
from pywats_server.pages.import_report import report
from pywats_server.pages.visit import Visit, page
from pywats_server.services import imports, types
from pywats_server.services.imports import WORKING, Stage, StoredImport
from pywats_server.services.session import Permission, UseCase

_LISTED = 20
_ROWS = 50


async def _list(visit: Visit, status: int = 200, error: DomainError | None = None) -> Response:
    visit.require(Permission.EDIT_ASSET)
    earlier = await visit.read(imports.list_imports, _number(visit.query.get("before")), _LISTED + 1)
    return visit.render(
        "import/list.html",
        status,
        earlier=earlier[:_LISTED],
        next=f"/import?before={earlier[_LISTED - 1].key}" if len(earlier) > _LISTED else None,
        error=error,
        tabs=told.tabs,
        stages=told.STAGES,
        days=imports.KEPT.days,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None


async def _upload(visit: Visit) -> Response:
    visit.require(Permission.EDIT_ASSET)
    try:
        key = await _keep(visit)
    except InvalidInput as error:
        return await _list(
            visit, 422, InvalidInput(error.sentence or error.message, **{**error.details, "field": "file"})
        )
    return visit.done(f"/import/{key}")


async def _keep(visit: Visit) -> int:
    file = visit.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput(Sentence("No file was chosen; accepted: a CSV or Excel file."))
    # Some browsers send where the file lies, too.
    name = PureWindowsPath(file.filename).name
    content = await file.read()
    understood = await asyncio.to_thread(understand, name, content, Wishes())
    return await visit.write(imports.keep_list, name, content, understood)


async def _show(visit: Visit) -> Response:
    found = await _find(visit)
    if found.stage == Stage.UPLOADED:
        return await _columns(visit, found, Wishes.kept(found.wishes))
    if found.stage in WORKING:
        return visit.render("import/progress.html", **await _progress(visit, found))
    return await _rows(visit, found)


async def _find(visit: Visit) -> StoredImport:
    key = _number(visit.param("key"))
    if key is None:
        raise NotFound(Sentence("There is no import at this address."))
    return await visit.read(imports.get_import, key)


async def _columns(
    visit: Visit, found: StoredImport, wishes: Wishes, status: int = 200, error: DomainError | None = None
) -> Response:
    return visit.render(
        "import/columns.html",
        status,
        found=found,
        wishes=wishes,
        columns=told.chosen_columns(found, wishes),
        groups=told.choices(),
        orders=[(value, told.text(label)) for value, label in told.ORDERS],
        encodings=told.ENCODINGS,
        is_workbook=bool(found.understood["sheets"]),
        types=list((await visit.read(types.type_names)).values()),
        error=error,
    )


async def _choose(visit: Visit) -> Response:
    found = await _find(visit)
    if found.stage not in imports.UNDECIDED:
        return visit.done(f"/import/{found.key}")
    wishes = told.wishes_of(visit, found)
    if visit.field("do") == "read":
        return await _read_again(visit, found, wishes)
    try:
        check_columns(wishes.columns)
    except InvalidInput as error:
        return await _columns(visit, found, wishes, 422, error)
    return await _have_done(visit, imports.start_reading, wishes.to_keep())


async def _read_again(visit: Visit, found: StoredImport, wishes: Wishes) -> Response:
    """Read the file by another sheet or encoding, where there are others to choose columns of."""
    again = wishes.for_file(sheet=wishes.sheet, encoding=wishes.encoding)
    content = await visit.read(imports.read_list, found.key)
    try:
        understood = await asyncio.to_thread(understand, found.file_name, content, again)
    except InvalidInput as error:
        return await _columns(visit, found, wishes, 422, error)
    await visit.write(imports.change_wishes, found.key, again.to_keep(), understood)
    return visit.done(f"/import/{found.key}")


async def _have_done(visit: Visit, decide: UseCase[..., Any], *args: object) -> Response:
    """Carry out a decision and begin with the work that follows; who decides too late is shown how things are."""
    key = (await _find(visit)).key
    try:
        await visit.write(decide, key, *args)
    except Conflict as error:
        return visit.done(f"/import/{key}", error.said(visit.text))
    await _workshop(visit).work_on(visit.backend, key)
    return visit.done(f"/import/{key}")


def _workshop(visit: Visit) -> Workshop:
    workshop: Workshop = visit.request.app.state.workshop
    return workshop


async def _confirm(visit: Visit) -> Response:
    return await _have_done(visit, imports.confirm_import)


async def _undo(visit: Visit) -> Response:
    return await _have_done(visit, imports.start_undoing)


async def _go_on(visit: Visit) -> Response:
    return await _have_done(visit, imports.get_import)


async def _choose_again(visit: Visit) -> Response:
    key = (await _find(visit)).key
    await visit.write(imports.choose_again, key)
    return visit.done(f"/import/{key}")


async def _discard(visit: Visit) -> Response:
    await visit.write(imports.discard_import, (await _find(visit)).key)
    return visit.done("/import", visit.text("The list was thrown away. Nothing of it was imported."))


async def _show_progress(visit: Visit) -> Response:
    found = await _find(visit)
    if found.stage not in WORKING:
        return visit.done(f"/import/{found.key}")
    return visit.render("import/progress_part.html", **await _progress(visit, found))


async def _progress(visit: Visit, found: StoredImport) -> dict[str, Any]:
    is_worked_on = await visit.read(imports.is_worked_on, found.key)
    return {"found": found, "is_worked_on": is_worked_on, "stages": told.STAGES}


async def _rows(visit: Visit, found: StoredImport) -> Response:
    kind, after = visit.query.get("show", ""), _number(visit.query.get("after"))
    chosen = told.selection(kind)
    lines = await visit.read(imports.list_lines, found.key, -1 if after is None else after, _ROWS + 1, **chosen)
    shown = lines[:_ROWS]
    kind = kind if chosen else ""
    return visit.render(
        "import/rows.html",
        found=found,
        tabs=told.tabs(found),
        kind=kind,
        rows=[told.tell(line) for line in shown],
        first=f"/import/{found.key}?show={kind}" if after is not None else None,
        next=f"/import/{found.key}?show={kind}&after={shown[-1].position}" if len(lines) > _ROWS else None,
        new_types=told.new_types(found),
        stages=told.STAGES,
        days=imports.KEPT.days,
    )


async def _report(ending: str, visit: Visit) -> Response:
    found = await _find(visit)
    if found.stage in (*WORKING, Stage.UPLOADED):
        raise Conflict(Sentence("There is nothing to report yet."))
    return await report(visit, found, ending)


routes = [
    Route("/import", page(_list)),
    Route("/import", page(_upload), methods=["POST"]),
    Route("/import/{key}", page(_show)),
    Route("/import/{key}/columns", page(_choose), methods=["POST"]),
    Route("/import/{key}/choose-again", page(_choose_again), methods=["POST"]),
    Route("/import/{key}/confirm", page(_confirm), methods=["POST"]),
    Route("/import/{key}/go-on", page(_go_on), methods=["POST"]),
    Route("/import/{key}/undo", page(_undo), methods=["POST"]),
    Route("/import/{key}/discard", page(_discard), methods=["POST"]),
    Route("/import/{key}/progress", page(_show_progress)),
    *(Route(f"/import/{{key}}/report.{ending}", page(partial(_report, ending))) for ending in downloads.KINDS),
]

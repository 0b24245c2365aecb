"""One asset: who it is, how it is, what happened to it, and what can be done with it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from pywats_server.errors import Conflict, DomainError, InvalidInput, NotFound, PreconditionFailed
from pywats_server.pages import asset_forms, asset_history, charts, days, previews
from pywats_server.pages.asset_actions import ACTIONS, Action, Entered, Errand, offered, urged
from pywats_server.pages.asset_forms import WRONG, address_of, ref_of
from pywats_server.pages.entries import tell
from pywats_server.pages.meters import meters
from pywats_server.pages.visit import Visit, page
from pywats_server.rules.wording import describe
from pywats_server.services import family, files, usage
from pywats_server.services.archive import list_archive
from pywats_server.services.dossier import Dossier, open_dossier
from pywats_server.services.history import look_through_log

_USE_DAYS = (90, 365)
_PAGE = 25


async def _show(visit: Visit) -> Response:
    try:
        dossier = await visit.read(open_dossier, ref_of(visit))
    except NotFound:
        if await visit.scan(list_archive, ref_of(visit), top=1, skip=0):
            return visit.done(_archived(visit))
        raise
    language = visit.reader.language
    return visit.render(
        "asset/asset.html",
        **_known(dossier),
        stored=dossier.view.document,
        actions=offered(visit),
        urged=urged(dossier),
        message=describe(dossier.verdict, language, translate=True),
        next_due=min((r.due_at for r in dossier.verdict.readings if r.due_at is not None), default=None),
        meters=meters(dossier.asset.facts, dossier.asset.demands, dossier.verdict, language),
        preview_of=previews.kind_of,
    )


def _known(dossier: Dossier) -> dict[str, Any]:
    """Return what every page about an asset says of it."""
    return {"dossier": dossier, "asset": dossier.asset, "address": address_of(dossier.asset.asset_id)}


async def _show_history(visit: Visit) -> Response:
    dossier = await visit.read(open_dossier, ref_of(visit))
    wanted, error = asset_history.wanted(visit)
    found = await visit.scan(
        look_through_log, wanted.search, dossier.asset.asset_id, wanted.kinds, asset_history.place(visit), _PAGE
    )
    return visit.render(
        "asset/history.html",
        200 if error is None else 422,
        **_known(dossier),
        entries=tell(found.entries),
        found=found,
        next=asset_history.next_address(visit, found.next),
        in_log=asset_history.log_address(visit, dossier.asset.serial_number),
        is_first=not visit.query.get("after"),
        kinds=asset_history.KINDS,
        entered=visit.query,
        error=error,
    )


async def _show_children(visit: Visit) -> Response:
    dossier = await visit.read(open_dossier, ref_of(visit))
    after = visit.query.get("after", "")
    found = await visit.scan(family.list_children, ref_of(visit), after)
    next = f"{address_of(dossier.asset.asset_id)}/children?{urlencode({'after': found.after})}" if found.after else None
    return visit.render("asset/children.html", **_known(dossier), children=found.children, next=next, worst=found.worst)


async def _show_use(visit: Visit) -> Response:
    dossier = await visit.read(open_dossier, ref_of(visit))
    span = _USE_DAYS[1] if visit.query.get("days") == str(_USE_DAYS[1]) else _USE_DAYS[0]
    uses = await visit.read(usage.list_uses_by_day, ref_of(visit), span)
    chart = charts.bar_chart(list(_columns(uses, 1 if span == _USE_DAYS[0] else 7)))
    return visit.render("asset/use.html", **_known(dossier), chart=chart, uses=uses, days=span, spans=_USE_DAYS)


def _columns(uses: Sequence[tuple[date, int]], width: int) -> Iterator[charts.Amounts]:
    """Yield what each column of *width* days tells; the last is complete, the first has what is left."""
    starts = range((len(uses) - 1) % width + 1 - width, len(uses), width)
    for part in (uses[max(start, 0) : start + width] for start in starts):
        yield charts.Amounts(part[0][0], (sum(number for _, number in part),))


async def _attach(visit: Visit) -> Response:
    uploads = await asset_forms.uploads(visit, "filename")
    try:
        await visit.write(files.attach_files, ref_of(visit), uploads)
    except (InvalidInput, Conflict) as error:
        return await _files(visit, error)
    if visit.is_partial:
        return await _files(visit)
    told = visit.texts("The file was added.", "%(n)s files were added.", len(uploads))
    return visit.done(_page_of(visit), told)


async def _files(visit: Visit, error: DomainError | None = None) -> Response:
    dossier = await visit.read(open_dossier, ref_of(visit))
    return visit.render(
        "asset/files.html", 200 if error is None else 422, **_known(dossier), error=error, preview_of=previews.kind_of
    )


def _page_of(visit: Visit) -> str:
    return address_of(visit.param("asset_id"))


def _archived(visit: Visit) -> str:
    """Return the address where an asset is shown after it was deleted."""
    return f"/log/deleted/{visit.param('asset_id')}"


async def _show_file(visit: Visit) -> Response:
    name = visit.query.get("name", "")
    content = await visit.read(files.read_file, ref_of(visit), name)
    return Response(content, headers=previews.headers(name, content, to_save="save" in visit.query))


async def _detach(visit: Visit) -> Response:
    name = visit.field("name")
    await visit.write(files.detach_files, ref_of(visit), [name])
    return visit.done(_page_of(visit), visit.text("The file %(name)s was deleted.", name=name))


_BLANK = dict.fromkeys(("comment", "toDate", "content", "serialNumber"), "")


def _endpoints(action: Action) -> tuple[Route, Route]:
    """Return where the form of an action is shown, and where it is sent."""
    path = f"{_ONE}/{action.path}"

    async def show(visit: Visit) -> Response:
        visit.require(action.permission)
        return _form(action, await _errand(visit))

    async def send(visit: Visit) -> Response:
        visit.require(action.permission)
        errand = await _errand(visit)
        try:
            told = await action.carry_out(errand)
        except WRONG as error:
            return _form(action, await _errand(visit), error)
        return visit.done(_archived(visit) if action.is_dangerous else _page_of(visit), told)

    return Route(path, page(show)), Route(path, page(send), methods=["POST"])


async def _errand(visit: Visit) -> Errand:
    return Errand(visit, await visit.read(open_dossier, ref_of(visit)))


def _form(action: Action, errand: Errand, error: DomainError | None = None) -> Response:
    visit, begun = errand.visit, {**_BLANK, **action.begin(errand)}
    is_changed = isinstance(error, PreconditionFailed)
    return visit.render(
        "asset/action.html",
        200 if error is None else 422,
        **_known(errand.dossier),
        action=action,
        entered=begun if error is None else {**begun, **_sent(visit), **_version(begun)},
        stored=begun if is_changed else None,
        is_changed=is_changed,
        error=error,
        today=days.today(visit.reader).isoformat(),
    )


def _sent(visit: Visit) -> Entered:
    """Return what stood in the form, as it was filled in."""
    return {name: visit.field(name) for name in visit.form} | {"tags": asset_forms.tags(visit)}


def _version(begun: Entered) -> Entered:
    """Return the version that the asset is in now, where the form tells one."""
    return {name: begun[name] for name in ("version",) if name in begun}


_ONE = "/assets/{asset_id:uuid}"

routes = [
    Route(_ONE, page(_show)),
    Route(f"{_ONE}/history", page(_show_history)),
    Route(f"{_ONE}/children", page(_show_children)),
    Route(f"{_ONE}/use", page(_show_use)),
    Route(f"{_ONE}/files", page(_files)),
    Route(f"{_ONE}/files", page(_attach), methods=["POST"]),
    Route(f"{_ONE}/file", page(_show_file)),
    Route(f"{_ONE}/file/delete", page(_detach), methods=["POST"]),
    *(route for action in ACTIONS for route in _endpoints(action)),
]

"""Labels: which assets, on what, with what on them; a look at them, and the file for the printer."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import Route

from pywats_server.api.problems import status_of
from pywats_server.errors import Busy, DomainError, InvalidInput, NotFound, Sentence
from pywats_server.instants import moment
from pywats_server.labels.addresses import serial_in
from pywats_server.labels.job import Printed, lay_all_out
from pywats_server.labels.layout import Label
from pywats_server.labels.media import MEDIA, Family
from pywats_server.labels.picture import to_png
from pywats_server.pages import asset_lists, dates, label_choices, label_printing
from pywats_server.pages.label_choices import Choice, Content, Output
from pywats_server.pages.reader import keep_choice
from pywats_server.pages.visit import Visit, page
from pywats_server.pages.words import N_
from pywats_server.services.filters import Filters
from pywats_server.services.labelling import Labelled, list_labelled, list_labelled_serials
from pywats_server.services.listing import list_asset_ids

_SHOWN = 3
_KEPT_TEXT = 3500
_FAMILIES = {
    Family.SHEET: N_("Sheets of labels"),
    Family.TAPE: N_("Tapes, cut to length"),
    Family.ROLL: N_("Single labels on a roll"),
}
_OUTPUTS = {
    Output.PDF: N_("PDF"),
    Output.ZPL_203: N_("ZPL for Zebra, 203 dpi"),
    Output.ZPL_300: N_("ZPL for Zebra, 300 dpi"),
}

_FILES = {True: ("labels.pdf", "application/pdf"), False: ("labels.zpl", "application/zpl")}


class _Wanted(Struct, frozen=True):
    """The assets that labels are wanted for, and the serial numbers that no asset has."""

    assets: Sequence[Labelled] = ()
    missing: Sequence[str] = ()


async def _show(visit: Visit) -> Response:
    """Show the page for the assets that the address names: by id, or as the list of assets filters them."""
    ids, filters = visit.query.getlist("id"), asset_lists.read_filters(visit.query)
    if filters != Filters():
        ids += await visit.scan(list_asset_ids, filters)
    assets = await visit.read(list_labelled, ids)
    return await _page(visit, _Wanted(assets), _kept(visit))


async def _choose(visit: Visit) -> Response:
    """Show the page for what a form says: that of the list of assets, or the page's own."""
    wanted, error = _Wanted(), None
    try:
        wanted = await _wanted(visit)
        if wanted.missing:
            _check_assets(wanted)
    except InvalidInput as refused:
        error = refused
    choice = _chosen(visit) if "medium" in visit.form else _kept(visit)
    return await _page(visit, wanted, choice, error)


async def _preview(visit: Visit) -> Response:
    wanted, choice = await _wanted(visit), _chosen(visit)
    return visit.render("labels/preview.html", **await _previewed(visit, wanted, choice))


async def _print(visit: Visit) -> Response:
    wanted, choice = await _wanted(visit), _chosen(visit)
    try:
        label_choices.check_base(choice)
        _check_assets(wanted)
        job = label_choices.job_of(choice, _labels(visit, wanted, choice))
        printed = await label_printing.carry_out(job, leave_out=visit.field("skip") == "on")
    except (InvalidInput, Busy) as error:
        return await _page(visit, wanted, choice, error)
    if printed.content is None:
        return await _page(visit, wanted, choice, printed=printed)
    name, kind = _FILES[choice.output.dpi is None]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = Response(printed.content, media_type=kind, headers=headers)
    _keep(response, choice)
    return response


def _check_assets(wanted: _Wanted) -> None:
    if wanted.missing:
        missing = ", ".join(map(repr, wanted.missing[:5])) + (" …" if wanted.missing[5:] else "")
        raise InvalidInput(Sentence("No asset has the serial number %(missing)s.", missing=missing), field="serials")
    if not wanted.assets:
        raise InvalidInput(
            Sentence("No asset is chosen; accepted: serial numbers of assets, one on each line."), field="serials"
        )


async def _picture(visit: Visit) -> Response:
    """Show one label as it is printed."""
    choice = label_choices.from_query(visit.request.url.query, _base(visit))
    assets = await visit.read(list_labelled, visit.query.getlist("id")[:1])
    if not assets:
        raise NotFound(Sentence("There is no such asset any more."), field="id")
    drawings = lay_all_out(label_choices.job_of(choice, _labels(visit, _Wanted(assets), choice))).drawings
    if not drawings:
        raise NotFound(Sentence("This label cannot be printed."), field="id")
    return Response(to_png(drawings[0]), media_type="image/png")


async def _wanted(visit: Visit) -> _Wanted:
    """Return the assets that a form names by id, and after them those that it names by serial number."""
    ids = [*visit.field("ids").split(), *visit.fields("id")]
    # What was scanned may be the label that it already has.
    serials = [serial_in(line) for line in visit.field("serials").splitlines() if line.strip()]
    chosen = await visit.read(list_labelled, ids)
    added, missing = await visit.read(list_labelled_serials, serials)
    known = {asset.asset_id for asset in chosen}
    return _Wanted([*chosen, *(asset for asset in added if asset.asset_id not in known)], missing)


def _chosen(visit: Visit) -> Choice:
    fields = {name: visit.field(name) for name in ("medium", "code", "content", "output", "note", "base", "start")}
    return label_choices.read_choice(fields, visit.fields("line"), _base(visit))


def _kept(visit: Visit) -> Choice:
    """Return what the same browser chose the last time."""
    return label_choices.from_query(visit.request.cookies.get(label_choices.COOKIE, ""), _base(visit))


def _keep(response: Response, choice: Choice) -> None:
    text = label_choices.as_query(choice)
    if len(text) <= _KEPT_TEXT:
        keep_choice(response, label_choices.COOKIE, text)


def _base(visit: Visit) -> str:
    return str(visit.request.base_url).rstrip("/")


def _labels(visit: Visit, wanted: _Wanted, choice: Choice) -> list[Label]:
    def day(instant: str) -> str:
        return dates.day(moment(instant), visit.reader.language, visit.reader.zone)

    word: Callable[[str], str] = visit.text
    return [label_choices.label_of(asset, choice, word, day) for asset in wanted.assets]


async def _page(
    visit: Visit,
    wanted: _Wanted,
    choice: Choice,
    error: DomainError | None = None,
    *,
    printed: Printed | None = None,
) -> Response:
    return visit.render(
        "labels/labels.html",
        _status(error, printed),
        **await _previewed(visit, wanted, choice),
        families={word: [one for one in MEDIA if one.family is family] for family, word in _FAMILIES.items()},
        outputs=_OUTPUTS,
        lines=label_choices.LINES,
        ids=" ".join(asset.asset_id for asset in wanted.assets),
        error=error,
        printed=printed,
    )


def _status(error: DomainError | None, printed: Printed | None) -> int:
    if isinstance(error, Busy):
        return status_of(error)
    return 200 if error is None and printed is None else 422


async def _previewed(visit: Visit, wanted: _Wanted, choice: Choice) -> dict[str, Any]:
    """Return what the look at the first labels shows."""
    shown = wanted.assets[:_SHOWN]
    labels = _labels(visit, _Wanted(shown), choice)
    laid = await asyncio.to_thread(lambda: [lay_all_out(label_choices.job_of(choice, [label])) for label in labels])
    grid, number = choice.medium.grid, len(wanted.assets)
    return {
        "wanted": wanted,
        "choice": choice,
        "looks": [
            {
                "label": label,
                "drawing": one.drawings[0] if one.drawings else None,
                "refused": one.refused[0] if one.refused else None,
                "address": f"/labels/picture?{label_choices.as_query(choice)}&{urlencode({'id': asset.asset_id})}",
            }
            for asset, label, one in zip(shown, labels, laid, strict=True)
        ],
        "places": label_printing.first_sheet(grid, choice, number) if grid else [],
        "sheets": label_printing.sheets_needed(grid, choice, number) if grid else 0,
        "Content": Content,
        "Family": Family,
    }


routes = [
    Route("/labels", page(_show)),
    Route("/labels", page(_choose), methods=["POST"]),
    Route("/labels/preview", page(_preview), methods=["POST"]),
    Route("/labels/print", page(_print), methods=["POST"]),
    Route("/labels/picture", page(_picture)),
]

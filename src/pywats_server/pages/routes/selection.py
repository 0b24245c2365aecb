"""Doing the same with many assets: what is asked for first, and what became of each."""

import hashlib
from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pywats_server.errors import InvalidInput, NotFound, RuleViolation, Sentence
from pywats_server.pages import days, selections
from pywats_server.pages.selections import ACTIONS, Action, Selection
from pywats_server.pages.visit import Visit, page
from pywats_server.pages.words import N_
from pywats_server.services import listing, types
from pywats_server.services.many import Change, ChangeGroup, Outcome, Write, change_each

_SEND_AGAIN = 307
_NONE = N_("No asset was selected.")


async def _ask(visit: Visit) -> Response:
    """Ask for what the chosen action needs to know."""
    selection = selections.read_selection(visit)
    if not (selection.ids or selection.is_all):
        return visit.done(selection.address, visit.text(_NONE))
    if visit.field("do") == "labels":
        return await _to_labels(visit, selection)
    action = _action(visit.field("do"))
    visit.require(action.permission)
    return await _form(visit, 200, action, selection, {}, None)


async def _to_labels(visit: Visit, selection: Selection) -> Response:
    if not selection.is_all:
        # The browser sends the same form there.
        return RedirectResponse("/labels", _SEND_AGAIN)
    ids = await selections.asset_ids(visit, selection)
    return visit.render("assets/labels.html", ids=ids, selection=selection)


def _action(name: str) -> Action:
    if name not in ACTIONS:
        raise NotFound(Sentence("There is no such thing to do with assets."), field="do", value=name)
    return ACTIONS[name]


async def _form(
    visit: Visit, status: int, action: Action, selection: Selection, entered: Any, error: Exception | None
) -> Response:
    count = await visit.scan(listing.count_assets, selection.filters) if selection.is_all else len(selection.ids)
    return visit.render(
        "assets/selection.html",
        status,
        action=action,
        selection=selection,
        count=count,
        many=listing.MANY,
        types=await visit.read(types.type_names),
        today=days.today(visit.reader).isoformat(),
        entered=entered,
        error=error,
    )


async def _carry_out(visit: Visit) -> Response:
    action, selection = _action(visit.param("action")), selections.read_selection(visit)
    try:
        change = action.change(visit)
        ids = await selections.asset_ids(visit, selection)
    except (InvalidInput, RuleViolation) as error:
        return await _form(visit, 422, action, selection, visit.form, error)
    if not ids:
        return visit.done(selection.address, visit.text(_NONE))
    outcomes = await change_each(_writing(visit), visit.principal, ids, change)
    refused = [outcome for outcome in outcomes.each if outcome.error is not None]
    done = len(outcomes.each) - len(refused)
    if not (refused or outcomes.before):
        return visit.done(selection.address, visit.texts("Done for one asset.", "Done for %(n)s assets.", done))
    return visit.render(
        "assets/outcomes.html", action=action, selection=selection, done=done, refused=refused, before=outcomes.before
    )


def _writing(visit: Visit) -> Write:
    """Return a way to change a group of assets once for each form, however often that is sent."""

    async def write(function: ChangeGroup, ids: Sequence[str], change: Change) -> list[Outcome]:
        about = hashlib.sha256(" ".join(ids).encode()).hexdigest()
        return await visit.write_about(about, function, ids, change)

    return write


routes = [
    Route("/selection", page(_ask), methods=["POST"]),
    Route("/selection/{action}", page(_carry_out), methods=["POST"]),
]

"""Counting, counters and status."""

from typing import Annotated

from fastapi import APIRouter, Body, Header, Query
from starlette.responses import Response

from pywats_server.api import answers
from pywats_server.api.answers import json_response
from pywats_server.api.arguments import Authenticating, Caller, Comment, EmptyIsNone, Level, Named, Server, WholeNumber
from pywats_server.api.bodies import ReadinessBody, UseBody
from pywats_server.api.changing import Changing
from pywats_server.api.documentation import READS, problems
from pywats_server.services import batches, counts, readiness, status

router = APIRouter(tags=["Counts and status"], route_class=Authenticating)

Translate = Annotated[bool | None, EmptyIsNone, Query(description="false gives the message's key form.")]
Culture = Annotated[str | None, Query(alias="cultureCode", description="en, nb-NO, de or zh-CN.")]


@router.get("/api/Asset/Status", response_model=answers.Status, responses=problems(400, 404))
async def get_status(
    backend: Server,
    caller: Caller,
    asset: Named,
    translate: Translate = None,
    culture: Culture = None,
) -> Response:
    """Return what the rules say of an asset now."""
    report = await backend.read(caller, status.get_status, asset)
    return answers.status_response(report, culture, translate is not False)


@router.get("/api/internal/Asset/Statuses", response_model=list[answers.TreeStatus], responses=problems(400, 404, 422))
async def list_tree_status(
    backend: Server,
    caller: Caller,
    asset: Named,
    level: Level = None,
    translate: Translate = None,
    culture: Culture = None,
) -> Response:
    """Return the status of an asset and of everything below it, nearest first."""
    tree = await backend.scan(caller, status.list_tree_status, asset, level or 0)
    return json_response([answers.tree_status(one, culture, translate is not False) for one in tree])


@router.post(
    "/api/internal/Asset/Readiness",
    response_model=list[answers.TreeStatus | answers.UnregisteredAsset],
    responses=problems(400),
    openapi_extra=READS,
)
async def check_readiness(backend: Server, caller: Caller, setup: ReadinessBody) -> Response:
    """Return the status of several assets, and perhaps of everything below them; those that do not exist come last."""
    refs = [asset.ref() for asset in setup.assets]
    found = await backend.scan(caller, readiness.check_readiness, refs, include_children=bool(setup.include_children))
    translate = setup.translate is not False
    return json_response(
        [
            answers.unregistered(one)
            if isinstance(one, readiness.Unregistered)
            else answers.tree_status(one, setup.culture_code, translate)
            for one in found
        ]
    )


@router.put(
    "/api/Asset/Count",
    response_model=int | answers.Status,
    responses=problems(400, 404, 422, headers=("Preference-Applied",)),
)
async def count_uses(
    change: Changing,
    asset: Named,
    increment_by: Annotated[WholeNumber, Query(alias="incrementBy", description="Uses to add.")] = None,
    total_count: Annotated[WholeNumber, Query(alias="totalCount", description="Or: what the total shall be.")] = None,
    increment_children: Annotated[
        bool | None, EmptyIsNone, Query(alias="incrementChildren", description="Count every descendant too.")
    ] = None,
    culture: Culture = None,
    prefer: Annotated[str | None, Header(description="`return=representation` answers the whole status.")] = None,
) -> Response:
    """
    Add uses to the running and the total count of an asset.

    Answers the bare status number: 0 OK, 2 warning, 3 alarm.
    """
    wants_all = "return=representation" in (prefer or "").replace(" ", "").lower()
    if not (wants_all or increment_children):
        return await change.count(asset, increment_by, total_count)

    def present(report: status.StatusReport) -> Response:
        if not wants_all:
            return answers.number_response(report.verdict.alarm_state)
        return json_response(answers.status(report, culture, True), {"Preference-Applied": "return=representation"})

    return await change(
        present,
        status.count_and_report,
        asset,
        increment_by,
        total_count,
        increment_children=bool(increment_children),
    )


@router.post("/api/Asset/Counts", response_model=list[answers.Counted], responses=problems(400, 404, 422))
async def count_many(
    change: Changing, uses: Annotated[list[UseBody], Body(description=f"Up to {batches.MAX_ROWS} rows.")]
) -> Response:
    """Add uses to the counts of many assets, all or none; answer each asset as it is after its row."""
    rows = [use.use() for use in uses]
    return await change(answers.counted_response, batches.count_many, rows)


@router.post("/api/Asset/ResetRunningCount", response_model=None, responses=problems(400, 404, 409, null=True))
async def reset_running_count(change: Changing, asset: Named, comment: Comment = None) -> Response:
    """Set the running count to 0. Refused when the asset has reached its total count limit."""
    return await change.silently(counts.reset_running_count, asset, comment)


@router.put("/api/Asset/SetRunningCount", response_model=None, responses=problems(400, 404, 422, null=True))
async def set_running_count(
    change: Changing, asset: Named, value: Annotated[int, Query(alias="runningCount")]
) -> Response:
    """Set the running count to a value; needs the permission "Edit Total count"."""
    return await change.silently(counts.set_running_count, asset, value)


@router.put("/api/Asset/SetTotalCount", response_model=None, responses=problems(400, 404, 422, null=True))
async def set_total_count(change: Changing, asset: Named, value: Annotated[int, Query(alias="totalCount")]) -> Response:
    """Set the total count to a value; needs the permission "Edit Total count"."""
    return await change.silently(counts.set_total_count, asset, value)

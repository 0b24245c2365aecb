"""Calibration and maintenance: the same four calls for both."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from pywats_server.api.answers import json_response
from pywats_server.api.arguments import Authenticating, Comment, Date, Named
from pywats_server.api.changing import Changing
from pywats_server.api.documentation import problems
from pywats_server.services import work

router = APIRouter(tags=["Calibration and maintenance"], route_class=Authenticating)


def _add(kind: work.Kind, path: str) -> None:
    @router.post(path, name=f"record_{kind.name}", response_model=str | None, responses=problems(400, 404))
    async def record(
        change: Changing,
        asset: Named,
        done_at: Annotated[Date, Query(alias="dateTime", description="When it was done; now unless given.")] = None,
        comment: Comment = None,
    ) -> Response:
        return await change(json_response, work.record, kind, asset, done_at, comment)

    @router.post(
        f"{path}/External",
        name=f"record_{kind.name}_external",
        response_model=str | None,
        responses=problems(400, 404, 422),
    )
    async def record_external(
        change: Changing,
        asset: Named,
        from_at: Annotated[Date, Query(alias="fromDate", description="When it was done; now unless given.")] = None,
        to_at: Annotated[Date, Query(alias="toDate", description="Until when it is valid; required.")] = None,
        comment: Comment = None,
    ) -> Response:
        return await change(json_response, work.record_external, kind, asset, from_at, to_at, comment)

    record.__doc__ = f"Record a {kind.name}; the next date follows from the type's interval. Answers the next date."
    record_external.__doc__ = f"Record a {kind.name} done elsewhere, with its exact dates. Answers the next date."


_add(work.CALIBRATION, "/api/Asset/Calibration")
_add(work.MAINTENANCE, "/api/Asset/Maintenance")

"""Asset types."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from pywats_server.api import answers
from pywats_server.api.answers import json_response
from pywats_server.api.arguments import Authenticating, Caller, ListQuery, Server
from pywats_server.api.bodies import TypeBody
from pywats_server.api.changing import Changing
from pywats_server.api.documentation import problems
from pywats_server.services import types

router = APIRouter(tags=["Asset types"], route_class=Authenticating)


@router.get("/api/Asset/Types", response_model=list[answers.AssetType], responses=problems(400, 422))
async def list_types(backend: Server, caller: Caller, query: ListQuery) -> Response:
    """List asset types by OData, ordered by name unless `$orderby` says otherwise."""
    return json_response(await backend.scan(caller, types.list_types, query))


@router.put("/api/Asset/Types", response_model=answers.AssetType, responses=problems(400, 409, 422))
async def save_type(change: Changing, body: TypeBody) -> Response:
    """Create an asset type, or update the one that has its `typeId`, or else its name; answer what is stored."""
    return await change(json_response, types.save_type, body.draft())


@router.delete("/api/internal/Asset/Types", response_model=None, responses=problems(400, 404, 409, null=True))
async def delete_types(change: Changing, type_ids: Annotated[list[str], Body(description="Ids of types.")]) -> Response:
    """Delete asset types that no asset uses; all or none."""
    return await change.silently(types.delete_types, type_ids)

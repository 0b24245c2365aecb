"""The log of assets, messages in it, and the log of other changes."""

from fastapi import APIRouter
from starlette.responses import Response

from pywats_server.api import answers
from pywats_server.api.answers import json_response
from pywats_server.api.arguments import Caller, ListQuery, Named, Server
from pywats_server.api.bodies import MessageBody
from pywats_server.api.documentation import problems
from pywats_server.services import messages, reading
from pywats_server.services.identify import AssetRef

router = APIRouter(tags=["Log"])


@router.get("/api/Asset/Log", response_model=list[answers.LogEntry], responses=problems(400, 422))
async def list_log(backend: Server, caller: Caller, query: ListQuery) -> Response:
    """List log entries by OData, newest first unless `$orderby` says otherwise."""
    return json_response(await backend.scan(caller, reading.list_log, query))


@router.post("/api/Asset/Message", response_model=None, responses=problems(400, 404, null=True))
async def post_message(backend: Server, caller: Caller, asset: Named, body: MessageBody) -> Response:
    """Leave a message in an asset's log, in either of the two forms of the body."""
    ref = AssetRef(asset.asset_id or body.asset_id, asset.serial_number or body.serial_number)
    text = body.content if body.content is not None else body.comment
    await backend.write(caller, messages.post_message, ref, text or "", body.user)
    return json_response(None)


@router.get("/api/internal/Changes", response_model=list[answers.Change], responses=problems(400, 422))
async def list_changes(backend: Server, caller: Caller, query: ListQuery) -> Response:
    """List changes of asset types and tokens by OData, newest first unless `$orderby` says otherwise."""
    return json_response(await backend.scan(caller, reading.list_changes, query))

"""The log of assets, messages in it, and the log of other changes."""

from fastapi import APIRouter
from starlette.responses import Response

from pywats_server.api import answers
from pywats_server.api.arguments import Authenticating, Caller, ListQuery, Named, Server
from pywats_server.api.bodies import MessageBody
from pywats_server.api.changing import Changing
from pywats_server.api.documentation import problems
from pywats_server.api.lists import JsonList
from pywats_server.errors import InvalidInput
from pywats_server.services import messages, reading
from pywats_server.services.identify import AssetRef

router = APIRouter(tags=["Log"], route_class=Authenticating)


@router.get("/api/Asset/Log", response_model=list[answers.LogEntry], responses=problems(400, 422))
async def list_log(backend: Server, caller: Caller, query: ListQuery) -> Response:
    """List log entries by OData, newest first unless `$orderby` says otherwise."""
    with JsonList() as entries:
        await backend.scan(caller, reading.list_log, query, entries.take)
        return entries.response()


@router.post("/api/Asset/Message", response_model=None, responses=problems(400, 404, null=True))
async def post_message(change: Changing, asset: Named, body: MessageBody) -> Response:
    """Leave a message in an asset's log, in either of the two forms of the body."""
    ref = AssetRef(
        _agreed("assetId", asset.asset_id, body.asset_id),
        _agreed("serialNumber", asset.serial_number, body.serial_number),
    )
    text = body.content if body.content is not None else body.comment
    return await change.silently(messages.post_message, ref, text or "", body.user or None)


def _agreed(field: str, in_query: str | None, in_body: str | None) -> str | None:
    if in_query and in_body and in_query.lower() != in_body.lower():
        raise InvalidInput(
            f"{field} is {in_body!r}, but the query names {in_query!r}; accepted: the same asset in both, or one.",
            field=field,
            value=in_body,
            accepted=in_query,
        )
    return in_query or in_body


@router.get("/api/internal/Changes", response_model=list[answers.Change], responses=problems(400, 422))
async def list_changes(backend: Server, caller: Caller, query: ListQuery) -> Response:
    """List changes of types, tokens, users and imports by OData, newest first unless `$orderby` says otherwise."""
    with JsonList() as changes:
        await backend.scan(caller, reading.list_changes, query, changes.take)
        return changes.response()

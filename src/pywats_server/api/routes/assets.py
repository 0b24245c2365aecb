"""Assets: reading, saving, deleting, state and tree."""

from typing import Annotated

from fastapi import APIRouter, Body, Header, Path, Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from pywats_server.api import answers
from pywats_server.api.answers import json_response
from pywats_server.api.arguments import (
    Authenticating,
    Caller,
    EmptyIsNone,
    IfMatch,
    Level,
    ListQuery,
    Named,
    Select,
    Server,
    Skip,
)
from pywats_server.api.bodies import AssetBody, Id, State, TagBody
from pywats_server.api.changing import Changing
from pywats_server.api.documentation import problems
from pywats_server.api.lists import JsonList
from pywats_server.api.structures import tag_list
from pywats_server.services import archive, assets, reading, tags, tree
from pywats_server.services.identify import AssetRef

router = APIRouter(tags=["Assets"], route_class=Authenticating)


@router.get(
    "/api/Asset",
    response_model=list[answers.AssetItem],
    responses=problems(400, 422, headers=("X-Total-Count",)),
)
async def list_assets(
    backend: Server,
    caller: Caller,
    query: ListQuery,
    select: Select = None,
    count: Annotated[bool | None, EmptyIsNone, Query(alias="$count", description="Tell the total in a header.")] = None,
) -> Response:
    """
    List assets by OData, ordered by `assetId` unless `$orderby` says otherwise.

    With `$count=true` the header `X-Total-Count` tells how many fit the filter.
    """
    with JsonList() as found:
        total = await backend.scan(caller, reading.list_assets, query.selecting(select), found.take, count=bool(count))
        return found.response(None if total is None else {"X-Total-Count": str(total)})


@router.get("/api/Asset/SubAssets", response_model=list[answers.AssetItem], responses=problems(400, 404, 422))
async def list_sub_assets(
    backend: Server,
    caller: Caller,
    asset: Named,
    level: Level = None,
) -> Response:
    """List what stands below an asset, nearest first."""
    with JsonList() as below:
        await backend.scan(caller, tree.list_sub_assets, asset, below.take, level or 0)
        return below.response()


@router.get("/api/Asset/Archive", response_model=list[answers.DeletedAsset], responses=problems(400, 422))
async def list_archive(
    backend: Server,
    caller: Caller,
    asset: Named,
    top: Annotated[
        Annotated[int, Field(ge=0, le=1000)] | None, EmptyIsNone, Query(alias="$top", description="How many.")
    ] = None,
    skip: Skip = None,
) -> Response:
    """List deleted assets with their logs: those that `id` or `serialNumber` name, or all, newest deletion first."""
    tombstones = await backend.scan(caller, archive.list_archive, asset, 100 if top is None else top, skip or 0)
    return json_response([answers.deleted_asset(tombstone) for tombstone in tombstones])


@router.put("/api/Asset", response_model=answers.Asset, responses=problems(400, 409, 412, 422, headers=("ETag",)))
async def save_asset(
    change: Changing,
    body: AssetBody,
    if_match: IfMatch,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match", description="`*` only creates.")] = None,
) -> Response:
    """Create an asset, or update the one that has its `assetId`, or else its `serialNumber`; answer what is stored."""
    create_only = (if_none_match or "").strip() == "*"
    return await change(
        answers.asset_response, assets.save_and_view, body.draft(), create_only=create_only, if_versions=if_match
    )


@router.delete("/api/Asset", response_model=answers.AssetItem, responses=problems(400, 404))
async def delete_asset(change: Changing, asset: Named) -> Response:
    """Delete an asset and answer it as it was. Its children move to its parent; auditors find it in the archive."""
    return await change(lambda document: json_response(answers.asset_item(dict(document))), assets.delete_asset, asset)


@router.put("/api/Asset/State", response_model=None, responses=problems(400, 404, null=True))
async def set_state(
    change: Changing,
    asset: Named,
    state: Annotated[State, Query(description="0 to 6.")],
) -> Response:
    """Set the state of an asset."""
    return await change.silently(assets.set_state, asset, state)


@router.put("/api/internal/Asset/Parent", response_model=None, responses=problems(400, 404, 422, null=True))
async def set_parent(
    change: Changing,
    asset_ids: Annotated[list[Annotated[str, StringConstraints(min_length=1)]], Body(description="Ids of assets.")],
    parent_id: Annotated[Id, Query(alias="parentId", description="The parent's id; none is the top.")] = None,
) -> Response:
    """Put assets below another, or at the top; all or none."""
    return await change.silently(tree.set_parent, parent_id, asset_ids)


@router.get("/api/internal/Asset/{id}/Tags", response_model=list[answers.Tag], responses=problems(400, 404))
async def get_tags(backend: Server, caller: Caller, id: str) -> Response:
    """Return the tags of an asset."""
    return json_response(tag_list(await backend.read(caller, tags.get_tags, AssetRef(id))))


@router.put("/api/internal/Asset/{id}/Tags", response_model=list[answers.Tag], responses=problems(400, 404, 422))
async def set_tags(change: Changing, id: str, wanted: list[TagBody]) -> Response:
    """Give an asset exactly these tags."""
    pairs = [tag.pair() for tag in wanted]
    return await change(lambda stored: json_response(tag_list(stored)), tags.set_tags, AssetRef(id), pairs)


# Matches whatever stands behind the prefix, so it is declared in a router of its own that comes last.
last_router = APIRouter(tags=["Assets"], route_class=Authenticating)


@last_router.get("/api/Asset/{asset:path}", response_model=answers.Asset, responses=problems(404, headers=("ETag",)))
async def get_asset(
    backend: Server,
    caller: Caller,
    asset: Annotated[str, Path(description="The asset's id, or else its serial number.")],
) -> Response:
    """Return one asset with its type."""
    view = await backend.read(caller, reading.get_asset, asset)
    return answers.asset_response(view)

"""Files attached to assets."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from pywats_server.api.answers import json_response
from pywats_server.api.arguments import Authenticating, Caller, Named, NamedForFile, Server
from pywats_server.api.changing import Changing
from pywats_server.api.documentation import BYTES_ANSWER, BYTES_BODY, problems
from pywats_server.services import archive, files
from pywats_server.services.identify import AssetRef

router = APIRouter(tags=["Files"], route_class=Authenticating)

FileName = Annotated[str, Query(alias="filename", description="The file's name.")]


@router.post(
    "/api/internal/Blob/Asset",
    response_model=None,
    responses=problems(400, 404, 409, 413, null=True),
    openapi_extra=BYTES_BODY,
)
async def attach_file(request: Request, change: Changing, asset: NamedForFile, name: FileName) -> Response:
    """Attach a file. The same file again changes nothing; another file of the same name is refused."""
    return await change.silently(files.attach_file, asset, name, await request.body())


@router.get("/api/internal/Blob/Asset", response_class=Response, responses=problems(400, 404) | BYTES_ANSWER)
async def read_file(backend: Server, caller: Caller, asset: NamedForFile, name: FileName) -> Response:
    """Return the bytes of a file."""
    return _download(name, await backend.read(caller, files.read_file, asset, name))


@router.get("/api/internal/Blob/Asset/List/{id}", response_model=list[str], responses=problems(404))
async def list_files(backend: Server, caller: Caller, id: str) -> Response:
    """List the names of an asset's files."""
    return json_response(await backend.read(caller, files.list_files, AssetRef(id)))


@router.delete("/api/internal/Blob/Assets", response_model=None, responses=problems(400, 404, null=True))
async def detach_files(
    change: Changing,
    asset: NamedForFile,
    names: Annotated[list[str], Body(description="Names of files.")],
) -> Response:
    """Remove files from an asset; all or none."""
    return await change.silently(files.detach_files, asset, names)


@router.get("/api/Asset/Archive/File", response_class=Response, responses=problems(400, 404) | BYTES_ANSWER)
async def read_archived_file(backend: Server, caller: Caller, asset: Named, name: FileName) -> Response:
    """Return the bytes of a file of a deleted asset."""
    return _download(name, await backend.read(caller, archive.read_archived_file, asset, name))


def _download(name: str, content: bytes) -> Response:
    # Never shown in the browser: a file is whatever somebody uploaded.
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers, media_type="application/octet-stream")

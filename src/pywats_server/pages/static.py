"""Scripts, styles and pictures of the pages. Browsers keep them for as long as their content stays the same."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOREVER = "public, max-age=31536000, immutable"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".LICENSE": "text/plain"}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes
    kind: str
    version: str


@lru_cache(maxsize=1)
def _files() -> dict[str, _File]:
    """Return all files by their name below the folder, which are few and small enough to stay in memory."""
    return dict(_below(resources.files("pywats_server.pages") / "static", ""))


def _below(folder: Traversable, prefix: str) -> list[tuple[str, _File]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _below(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, _file(entry)))
    return found


def _file(entry: Traversable) -> _File:
    content = entry.read_bytes()
    suffix = entry.name[entry.name.rfind(".") :]
    kind = _KINDS.get(suffix) or mimetypes.guess_type(entry.name)[0] or "application/octet-stream"
    return _File(content, gzip.compress(content, mtime=0), kind, hashlib.sha256(content).hexdigest()[:12])


def address(name: str) -> str:
    """
    Return the address of a file, which changes with its content.

    Raises:
        KeyError: There is no such file.
    """
    return f"/static/{name}?v={_files()[name].version}"


async def _serve(request: Request) -> Response:
    file = _files().get(request.path_params["name"])
    if file is None:
        raise HTTPException(404)
    is_current = request.query_params.get("v") == file.version
    headers = {
        "Cache-Control": _FOREVER if is_current else "no-cache",
        "ETag": f'"{file.version}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        # Pages themselves are not packed: how well they pack would tell of the secrets in them.
        return Response(file.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.kind)
    return Response(file.content, headers=headers, media_type=file.kind)


routes = [Route("/static/{name:path}", _serve)]

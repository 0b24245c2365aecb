"""Lists as JSON: rows become text part by part, and long lists wait for their caller on disk."""

import tempfile
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import IO, Any

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pywats_server.api.structures import structure, tag_forms

_BYTES_IN_MEMORY = 1024 * 1024
_PIECE_BYTES = 256 * 1024


class JsonList:
    """
    A list on its way out. `take` takes its rows while the database has them, `response` is what the caller gets.

    Leaving it by an error throws it away.
    """

    def __init__(self) -> None:
        # Whoever sends it closes it.
        self._file = tempfile.SpooledTemporaryFile(_BYTES_IN_MEMORY)  # noqa: SIM115
        self._mark = b"["

    def __enter__(self) -> "JsonList":
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, traceback: TracebackType | None) -> None:
        """Throw away what nobody will ask for."""
        if kind is not None:
            self._file.close()

    def take(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add *rows*; see `reading.Take`."""
        encoded = memoryview(msgspec.json.encode(_items(tuple(names), rows)))
        self._file.write(self._mark)
        self._file.write(encoded[1:-1])
        self._mark = b","

    def response(self, headers: dict[str, str] | None = None) -> Response:
        """Return the list as a response."""
        self._file.write(b"[]" if self._mark == b"[" else b"]")
        return _Kept(self._file, {"Content-Length": str(self._file.tell()), **(headers or {})})


def _items(names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> list[msgspec.Struct]:
    if names[-1:] != ("tags",):
        item = structure(names)
        return [item(*row) for row in rows]
    item = structure((*names, "xmlData"))
    return [item(*row[:-1], *tag_forms(row[-1])) for row in rows]


class _Kept(Response):
    """An answer that stands in a file."""

    media_type = "application/json"

    def __init__(self, file: IO[bytes], headers: dict[str, str]) -> None:
        self.status_code = 200
        self.background = None
        self._file = file
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        """Send it piece by piece, as fast as the caller takes it, and let go of the file."""
        with self._file as file:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            file.seek(0)
            while piece := file.read(_PIECE_BYTES):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

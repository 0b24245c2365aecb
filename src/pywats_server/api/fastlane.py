"""
A short way for the three calls that are made most: one asset, its status, and counting its uses.

The framework's work for a request costs several times what these calls themselves do. In their plainest form they are
recognised here and answered by the same use cases, in the same words. Whatever is out of the ordinary, and every call
that cannot be read, goes on to the framework: there is one place that says what is accepted.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from fastapi.routing import APIRoute
from msgspec import Struct
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pywats_server.api import answers, problems
from pywats_server.api.bodies import NO_GUID
from pywats_server.api.changing import Change, fingerprint
from pywats_server.errors import DomainError
from pywats_server.rules.ids import read_id
from pywats_server.services import once, reading, status
from pywats_server.services.backend import Backend
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Principal

_ASSET = "/api/Asset/"
_STATUS = "/api/Asset/Status"
_COUNT = "/api/Asset/Count"
# The most digits of a number that is surely in range.
_DIGITS = 15


class _Call(Struct, frozen=True):
    """A request that was recognised."""

    scope: Scope
    backend: Backend
    headers: dict[bytes, bytes]
    query: dict[str, str]

    async def principal(self) -> Principal:
        token = self.headers[b"authorization"][len("Basic ") :]
        principal = await self.backend.authenticate(token.decode("ascii"))
        self.scope["state"]["principal"] = principal.name
        return principal

    def ref(self) -> AssetRef:
        return AssetRef(self.query.get("id"), self.query.get("serialNumber"))

    def number(self, name: str) -> int | None:
        text = self.query.get(name)
        return None if text is None else int(text)


_Answer = Callable[[_Call], Coroutine[Any, Any, Response]]


class FastLane:
    """
    Answers plain calls by itself, and leaves all others to *app*.

    Args:
        state: The application's; holds the backend.
        routes: All endpoints. What one of them is called is no asset's name here.
    """

    def __init__(self, app: ASGIApp, *, state: State, routes: Iterable[APIRoute]) -> None:
        self.app = app
        self._state = state
        self._taken = {route.path.lower() for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        answer = self._recognised(scope) if scope["type"] == "http" else None
        call = answer and self._call(scope)
        if answer is None or call is None:
            await self.app(scope, receive, send)
            return
        try:
            response = await answer(call)
        except DomainError as error:
            response = problems.domain_error(Request(scope), error)
        await response(scope, receive, send)

    def _recognised(self, scope: Scope) -> _Answer | None:
        method, path = scope["method"], scope["path"]
        if method == "GET":
            if path == _STATUS:
                return _status
            name = path[len(_ASSET) :]
            is_plain = path.startswith(_ASSET) and "/" not in name and "\ufffd" not in name
            return _asset if is_plain and name and path.lower() not in self._taken else None
        return _count if method == "PUT" and path == _COUNT else None

    def _call(self, scope: Scope) -> _Call | None:
        headers = _plain_headers(scope["headers"])
        query = _plain_query(scope["query_string"])
        if headers is None or query is None or not query.keys() <= _QUERIES.get(scope["path"], frozenset()):
            return None
        if not all(_PLAIN[name](value) for name, value in query.items()):
            return None
        return _Call(scope, cast("Backend", self._state.backend), headers, query)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


_PLAIN: dict[str, Callable[[str], object]] = {
    "id": lambda value: read_id(value) not in {None, NO_GUID},
    "serialNumber": bool,
    "cultureCode": bool,
    "translate": lambda value: value == "true",
    "incrementBy": _is_number,
    "totalCount": _is_number,
    "incrementChildren": lambda value: value == "false",
}
"""What a call may ask for, and which values need no second look."""

_QUERIES = {
    _STATUS: frozenset({"id", "serialNumber", "cultureCode", "translate"}),
    _COUNT: frozenset({"id", "serialNumber", "cultureCode", "incrementBy", "totalCount", "incrementChildren"}),
}
"""The names that the query of a path may have; any other path has none."""


def _plain_headers(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes] | None:
    """Return the headers of a call that shows a token, has no body, and wants nothing special."""
    headers = dict(pairs)
    is_plain = (
        len(headers) == len(pairs)
        and headers.get(b"authorization", b"")[:6] == b"Basic "
        and headers[b"authorization"].isascii()
        and headers.get(b"content-length", b"0") == b"0"
        and b"transfer-encoding" not in headers
        and b"prefer" not in headers
    )
    return headers if is_plain else None


def _plain_query(query: bytes) -> dict[str, str] | None:
    """Return the names and values of a query, if each comes once, has a value, and is UTF-8."""
    pairs: dict[str, str] = {}
    if not query:
        return pairs
    try:
        for pair in query.split(b"&"):
            name, _, value = pair.partition(b"=")
            if b"%" in value or b"+" in value:
                value = unquote_to_bytes(value.replace(b"+", b" "))
            if name.decode() in pairs:
                return None
            pairs[name.decode()] = value.decode()
    except UnicodeDecodeError:
        return None
    return pairs


async def _asset(call: _Call) -> Response:
    name = call.scope["path"][len(_ASSET) :]
    return answers.asset_response(await call.backend.read(await call.principal(), reading.get_asset, name))


async def _status(call: _Call) -> Response:
    report = await call.backend.read(await call.principal(), status.get_status, call.ref())
    return answers.status_response(report, call.query.get("cultureCode"))


async def _count(call: _Call) -> Response:
    principal = await call.principal()
    key = call.headers.get(b"idempotency-key")
    request = None
    if key is not None:
        made = fingerprint("PUT", _COUNT, call.query.items(), b"")
        request = once.Request(once.check_key(key.decode("latin-1")), made)
    change = Change(Request(call.scope), call.backend, principal, request)
    return await change.count(call.ref(), call.number("incrementBy"), call.number("totalCount"))

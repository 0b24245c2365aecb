"""
A short way for the three calls that are made most: one asset, its status, and counting its uses.

The framework's work for a request costs several times what these calls themselves do. In their plainest form they are
recognised here and answered by the same use cases, in the same words. Whatever is out of the ordinary, and every call
that cannot be read, goes on to the framework: there is one place that says what is accepted.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, cast
from urllib.parse import unquote_plus

from fastapi.routing import APIRoute
from msgspec import Struct
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

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
_SCHEME = b"Basic "


class _Call(Struct, frozen=True):
    """A request that was recognised."""

    scope: Scope
    backend: Backend
    headers: dict[bytes, bytes]
    query: dict[str, str]

    async def principal(self) -> Principal:
        token = self.headers[b"authorization"][len(_SCHEME) :]
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
    Answers plain calls.

    Args:
        state: The application's; holds the backend.
        routes: All endpoints. What one of them is called is no asset's name here.
    """

    def __init__(self, *, state: State, routes: Iterable[APIRoute]) -> None:
        self._state = state
        self._taken = {route.path.lower() for route in routes}

    async def __call__(self, scope: Scope) -> Response | None:
        """Return the answer to a plain call; None to any other, of which nothing was done."""
        try:
            answer = self._recognised(scope)
            call = answer and self._call(scope)
            return None if answer is None or call is None else await answer(call)
        except DomainError as error:
            return problems.domain_error(Request(scope), error)
        except Exception as error:  # noqa: BLE001 - as the last resort of all other requests does
            return problems.defect(Request(scope), error)

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
        query = _plain_query(scope["query_string"], _QUERIES.get(scope["path"], {}))
        if headers is None or query is None:
            return None
        return _Call(scope, cast("Backend", self._state.backend), headers, query)


def _is_id(text: str) -> bool:
    return read_id(text) not in {None, NO_GUID}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


_Checks = Mapping[str, Callable[[str], object]]

_NAMED: _Checks = {"id": _is_id, "serialNumber": bool, "cultureCode": bool}
_QUERIES: Mapping[str, _Checks] = {
    _STATUS: {**_NAMED, "translate": "true".__eq__},
    _COUNT: {
        **_NAMED,
        "incrementBy": _is_number,
        "totalCount": _is_number,
        "incrementChildren": "false".__eq__,
    },
}
"""What the query of a path may ask for, and which values need no second look; any other path has no query."""

# What asks for something out of the ordinary, or announces a body.
_SPECIAL = frozenset({b"prefer", b"transfer-encoding"})


def _plain_headers(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes] | None:
    """Return the headers of a call that shows a token, has no body, and wants nothing special."""
    headers = dict(pairs)
    shown = headers.get(b"authorization", b"")
    is_plain = (
        shown.startswith(_SCHEME)
        and shown.isascii()
        and len(headers) == len(pairs)
        and headers.get(b"content-length", b"0") == b"0"
        and _SPECIAL.isdisjoint(headers)
    )
    return headers if is_plain else None


def _plain_query(query: bytes, checks: _Checks) -> dict[str, str] | None:
    """Return the names and values of a query, if each comes once, is UTF-8, and passes its check."""
    values: dict[str, str] = {}
    if not query:
        return values
    try:
        for pair in query.decode().split("&"):
            name, _, value = pair.partition("=")
            if "%" in value or "+" in value:
                value = unquote_plus(value, errors="strict")
            if name in values or name not in checks or not checks[name](value):
                return None
            values[name] = value
    except UnicodeDecodeError:
        return None
    return values


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

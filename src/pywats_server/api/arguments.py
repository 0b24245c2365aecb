"""What endpoints take from the request: the caller, the asset that is meant, dates, queries."""

from collections.abc import Callable, Container, Coroutine
from typing import Annotated, Any, cast

from fastapi import Depends, Header, Query, Request
from fastapi.openapi.models import HTTPBase
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from pywats_server.api.bodies import Id, Moment
from pywats_server.odata.query import Query as ODataQuery
from pywats_server.rules.counts import MAX_COUNT
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.identify import AssetRef
from pywats_server.services.session import Principal

MAX_TOP = 100_000
DEFAULT_TOP = 1000


def get_backend(request: Request) -> Backend:
    """Return the backend that the application was built with."""
    return cast("Backend", request.app.state.backend)


class Authenticating(APIRoute):
    """An endpoint that asks who is calling before it reads a body, whose faults are told to nobody without a token."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what handles a request."""
        handle = super().get_route_handler()

        async def authenticate_and_handle(request: Request) -> Response:
            request.state.caller = await _authenticate(request)
            return await handle(request)

        return authenticate_and_handle


async def _authenticate(request: Request) -> Principal:
    """Return who is calling, and leave their name for the request log."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or not token:
        raise tokens.rejected()
    principal = await get_backend(request).authenticate(token.strip())
    request.state.principal = principal.name
    return principal


class _Token(SecurityBase):
    """The header `Authorization: Basic <token>`, as the documentation of an endpoint tells of it."""

    def __init__(self) -> None:
        self.model = HTTPBase(
            scheme="basic",
            description="The token is base64 of `name:secret`, as `pywats-server token create` prints it.",
        )
        self.scheme_name = "token"

    async def __call__(self, request: Request) -> Principal:
        return cast("Principal", request.state.caller)


Server = Annotated[Backend, Depends(get_backend)]
Caller = Annotated[Principal, Depends(_Token())]
"""Who is calling an endpoint of a router whose routes are `Authenticating`."""


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


EmptyIsNone = BeforeValidator(_empty_is_none)
Serial = Annotated[str | None, Query(alias="serialNumber", description="The asset's serial number.")]


def _ref(id: Annotated[Id, Query(description="The asset's id.")] = None, serial_number: Serial = None) -> AssetRef:
    return AssetRef(id, serial_number or None)


def _file_ref(
    asset_id: Annotated[Id, Query(alias="assetId", description="The asset's id.")] = None, serial_number: Serial = None
) -> AssetRef:
    return AssetRef(asset_id, serial_number or None)


Named = Annotated[AssetRef, Depends(_ref)]
"""The asset that `id` or `serialNumber` name."""

NamedForFile = Annotated[AssetRef, Depends(_file_ref)]
"""The asset that `assetId` names, or (ours) `serialNumber`."""

Level = Annotated[
    Annotated[int, Field(ge=0, lt=2**31)] | None,
    EmptyIsNone,
    Query(description="1 is direct children; 0 or absent is all."),
]
Comment = Annotated[str | None, Query(description="A remark for the log.")]
Date = Annotated[Moment, Query(description="UTC unless it has an offset.")]
WholeNumber = Annotated[int | None, EmptyIsNone]

Filter = Annotated[str | None, Query(alias="$filter", description="OData: which ones.")]
OrderBy = Annotated[str | None, Query(alias="$orderby", description="OData: in which order.")]
# Bounds stand inside of the union: outside they would be asked of None, too.
Top = Annotated[
    Annotated[int, Field(ge=0, le=MAX_TOP)] | None,
    EmptyIsNone,
    Query(alias="$top", description=f"How many; {DEFAULT_TOP} unless given."),
]
Skip = Annotated[
    Annotated[int, Field(ge=0, le=MAX_COUNT)] | None,
    EmptyIsNone,
    Query(alias="$skip", description="How many to pass over."),
]
Select = Annotated[str | None, Query(alias="$select", description="OData: which properties.")]


def _query(filter: Filter = None, orderby: OrderBy = None, top: Top = None, skip: Skip = None) -> ODataQuery:
    return ODataQuery(filter, orderby, DEFAULT_TOP if top is None else top, skip or 0)


ListQuery = Annotated[ODataQuery, Depends(_query)]


class _AnyVersion:
    def __contains__(self, version: object) -> bool:
        return version is not None


def _versions(header: str | None) -> Container[int] | None:
    """Return which versions an `If-Match` header names; None when there is no header."""
    if header is None:
        return None
    if header.strip() == "*":
        return _AnyVersion()
    texts = (part.strip().removeprefix("W/").strip('"') for part in header.split(","))
    # What is no version of ours matches none.
    return frozenset(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19)


def _if_match(header: Annotated[str | None, Header(alias="If-Match")] = None) -> Container[int] | None:
    return _versions(header)


IfMatch = Annotated[Any, Depends(_if_match)]
"""The versions, as a container, that the caller would overwrite; None is any."""

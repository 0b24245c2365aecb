"""What `/openapi.json` says beyond what the signatures say, and a page to read it that needs no internet."""

from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from pydantic import TypeAdapter
from starlette.responses import Response

from pywats_server.api.problems import Problem

# Referred to instead of named as a model, because FastAPI would build it anew for every status of every endpoint, which
# took a third of the time in which the application is built.
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_MEANING = {
    400: "Something in the request cannot be read.",
    401: "The call shows no valid token.",
    403: "The role of the token does not allow the call.",
    404: "What the call names does not exist.",
    409: "What is stored forbids it.",
    412: "The asset is not in the version that the call names, or exists already.",
    413: "The body is larger than the server takes.",
    422: "It can be read, but a rule forbids it.",
    500: "The server made a mistake.",
    503: "The server has too much to do, or its database does not answer; try again.",
    507: "The server's disk is full.",
}
_ALWAYS = (400, 401, 403, 413, 500, 503)
_WRITES = frozenset({"put", "post", "delete"})
_HEADERS = {
    "X-Request-Id": "The id of the request: the caller's own, or a new one.",
    "WWW-Authenticate": "How to show a token.",
    "Retry-After": "Seconds to wait before the next attempt; present when waiting helps.",
    "ETag": "The version of the asset, for `If-Match`.",
    "X-Total-Count": "How many fit the filter; present with `$count=true`.",
    "Preference-Applied": "Present when a preference was followed.",
}
_READS = "x-changes-nothing"
_HEADERS_OF_ERRORS = {"401": ("WWW-Authenticate",), "503": ("Retry-After",)}

BYTES_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
READS = {_READS: True}
"""Marks a POST that asks, because its question is too long for an address, and changes nothing."""
BYTES_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


def problems(
    *statuses: int, null: bool = False, token: bool = True, headers: tuple[str, ...] = ()
) -> dict[int | str, dict[str, Any]]:
    """
    Return the documentation of an endpoint's errors.

    Args:
        statuses: Those of its own, beside those that every call can have.
        null: Its answer is the literal null.
        token: It needs a token.
        headers: Headers of its answer, beside those that every answer has.
    """
    always = _ALWAYS if token else (500,)
    documented: dict[int | str, dict[str, Any]] = {
        status: {"description": _MEANING[status], "content": _PROBLEM} for status in sorted({*always, *statuses})
    }
    if null:
        documented[200] = {"content": {"application/json": {"schema": {"type": "null"}}}}
    if headers:
        documented[200] = {"headers": _headers(*headers)}
    return documented


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in names}


def install(app: FastAPI) -> None:
    """Give *app* its `/openapi.json` and the page `/docs`."""
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    static = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/docs/static", StaticFiles(directory=static), name="docs-static")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=f"{app.title}: API",
            swagger_js_url="/docs/static/swagger-ui-bundle.js",
            swagger_css_url="/docs/static/swagger-ui.css",
            swagger_favicon_url="/docs/static/favicon.png",
        )


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for path in schema["paths"].values():
            for method, operation in path.items():
                _correct(method, operation)
        schema["components"]["schemas"]["Problem"] = TypeAdapter(Problem).json_schema()
        _drop_unused(schema)
        _drop_titles(schema)
        app.openapi_schema = schema
    return app.openapi_schema


def _correct(method: str, operation: dict[str, Any]) -> None:
    """Take out FastAPI's own 422, which is a 400 here; give every answer its headers."""
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    if method in _WRITES and not operation.get(_READS):
        # What every change can come to: a full disk, and a rule, were it only that a key was used for another request.
        for status in (422, 507):
            responses.setdefault(str(status), {**responses["500"], "description": _MEANING[status]})
    for status, response in responses.items():
        names = ("X-Request-Id", *_HEADERS_OF_ERRORS.get(status, ()))
        response["headers"] = {**_headers(*names), **response.get("headers", {})}


def _drop_unused(schema: dict[str, Any]) -> None:
    for name in ("HTTPValidationError", "ValidationError"):
        schema.get("components", {}).get("schemas", {}).pop(name, None)


def _drop_titles(schema: dict[str, Any]) -> None:
    """Take out the titles that FastAPI makes of names: `Serialnumber` says less than `serialNumber`."""
    for path in schema["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"].pop("title", None)
    for component in schema["components"]["schemas"].values():
        for described in component.get("properties", {}).values():
            described.pop("title", None)

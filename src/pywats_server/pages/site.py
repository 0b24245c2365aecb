"""All pages as one application, and which requests are theirs."""

from importlib import import_module
from pkgutil import iter_modules

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from pywats_server.api.middleware import SizeLimit
from pywats_server.pages import refusals, static
from pywats_server.pages import routes as areas
from pywats_server.pages.visit import answering


class Site:
    """All pages. *state* is the application's, and holds the backend once it has started."""

    def __init__(self, state: State, *, max_body_bytes: int) -> None:
        routes = _routes()
        limit = Middleware(SizeLimit, max_bytes=max_body_bytes, refuse=refusals.too_large)
        self._app = Starlette(routes=routes, middleware=[limit], exception_handlers={HTTPException: _refuse})
        self._app.router.redirect_slashes = False
        self._app.state = state
        self._firsts = {_first(route.path) for route in routes}

    def has(self, path: str) -> bool:
        """Tell whether there are pages at, or below, the first part of *path*."""
        return _first(path) in self._firsts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        await self._app(scope, receive, send)


def _routes() -> list[Route]:
    modules = (import_module(f"{areas.__name__}.{module.name}") for module in iter_modules(areas.__path__))
    return [*static.routes, *(route for module in modules for route in module.routes)]


async def _refuse(request: Request, error: Exception) -> Response:
    async def tell() -> Response:
        raise error

    return await answering(request, tell)


class Front:
    """
    Hands each request to the pages or to the API.

    What stands below an address of neither is the API's, which answers programs; but somebody who looks for a page is
    told that there is none as a page.
    """

    def __init__(self, api: ASGIApp, site: Site) -> None:
        self.api = api
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        is_page = scope["type"] == "http" and (self.site.has(scope["path"]) or self._is_sought(scope))
        await (self.site if is_page else self.api)(scope, receive, send)

    def _is_sought(self, scope: Scope) -> bool:
        if _first(scope["path"]).lower() in _APIS:
            return False
        return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


_APIS = frozenset({"api", "docs", "openapi.json", "healthz", "readyz"})


def _first(path: str) -> str:
    return path[1:].partition("/")[0]

"""Builds the application; the only place that knows every part."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pywats_server import __version__
from pywats_server.api import documentation, problems
from pywats_server.api.fastlane import FastLane
from pywats_server.api.middleware import LastResort, RequestLog, SizeLimit
from pywats_server.api.names import CanonicalNames
from pywats_server.api.routes import assets, counts, files, log, system, types, work
from pywats_server.clock import Clock, system_clock
from pywats_server.exchange.working import Workshop
from pywats_server.housekeeping import keep_house
from pywats_server.logs import configure_logs
from pywats_server.pages.site import Front, Site
from pywats_server.services.backend import Backend
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

# The last router takes every path below /api/Asset that no other wanted.
_ROUTERS = (
    system.open_router,
    system.router,
    counts.router,
    work.router,
    types.router,
    log.router,
    files.router,
    assets.router,
    assets.last_router,
)


class Application(FastAPI):
    """
    The application, with its own layers around the whole of the framework, which are the first to see a request.

    Attributes:
        edge: The outermost layer.
    """

    edge: ASGIApp

    def surround(self, settings: Settings, routes: Sequence[APIRoute]) -> None:
        """Put the layers around what the framework does."""
        limited = SizeLimit(super().__call__, max_bytes=settings.max_body_bytes)
        named = CanonicalNames(limited, routes=routes)
        front = Front(named, Site(self.state, max_body_bytes=settings.max_body_bytes))
        self.edge = RequestLog(LastResort(front), FastLane(state=self.state, routes=routes))
        # The framework would answer defects within it by itself.
        self.add_middleware(LastResort)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        await self.edge(scope, receive, send)


def create_app(settings: Settings, clock: Clock = system_clock) -> Application:
    """Build the application on the database that *settings* name. It opens the database when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = open_database(settings.database_url, scan_seconds=settings.query_seconds)
        app.state.backend = Backend(database, clock)
        housekeeping = asyncio.create_task(keep_house(app.state.backend))
        try:
            yield
        finally:
            await app.state.workshop.stop()
            housekeeping.cancel()
            await asyncio.gather(housekeeping, return_exceptions=True)
            await database.close()

    app = Application(
        title="pywats-server",
        version=__version__,
        description="Asset manager for test equipment. Speaks the WATS asset API.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Some existing clients send JSON without saying so.
        strict_content_type=False,
    )
    app.state.workshop = Workshop()
    for router in _ROUTERS:
        app.include_router(router)
    problems.install(app)
    documentation.install(app)
    app.surround(settings, [route for router in _ROUTERS for route in _endpoints(router)])
    return app


def _endpoints(router: APIRouter) -> list[APIRoute]:
    return [route for route in router.routes if isinstance(route, APIRoute)]


def create_only_app(settings: Settings) -> Application:
    """Build the application of a process that does nothing else than serve it."""
    app = create_app(settings)
    # Whatever is there now stays. Looking for garbage in it would stop all requests for a tenth of a second each time.
    gc.freeze()
    return app


def create_worker_app() -> Application:
    """Build the application of a server process from the environment, which the parent process set."""
    settings = Settings()
    configure_logs(settings)
    return create_only_app(settings)

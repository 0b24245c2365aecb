"""A running server, on a database of each test's own, and the real client on it."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import structlog
from fastapi import FastAPI

from contract.client.faces import FACES, Face
from databases import Databases, SqliteDatabases
from pywats import Asset
from pywats.domains.asset.service import AssetService
from pywats.testing import ManualClock
from pywats.testing.serving import Served, served
from pywats_server.app import create_app
from pywats_server.services import tokens, types
from pywats_server.services.backend import Backend
from pywats_server.services.drafts import TypeDraft
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

TYPE_ID = UUID("12345678-1234-1234-1234-123456789012")
"""An asset type that demands nothing."""

MAX_BODY = 6 * 1024 * 1024
"""The largest body that the server takes, in bytes."""


@dataclass(frozen=True)
class Stock:
    """A database that tests copy, and the tokens in it."""

    database: str
    tokens: dict[Role, str]


@dataclass(frozen=True)
class Live:
    """A running server: its address, a token of each role, and the clock by which it lives."""

    url: str
    tokens: dict[Role, str]
    clock: ManualClock
    backend: Backend
    server: Served

    def do(self, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Change something without the client, and return what the use case returns."""
        return self.server.run(self.backend.write(LOCAL_ADMINISTRATOR, use_case, *args, **kwargs))


Furnish = Callable[[Backend], Coroutine[Any, Any, None]]


@pytest.fixture(scope="session")
def stock(databases: Databases) -> Stock:
    """A token of each role, and a type."""
    made: dict[Role, str] = {}

    async def furnish(backend: Backend) -> None:
        await backend.write(LOCAL_ADMINISTRATOR, types.save_type, TypeDraft(type_id=str(TYPE_ID), type_name="Plain"))
        for role in Role:
            made[role] = await backend.write(LOCAL_ADMINISTRATOR, tokens.create_token, f"the {role.value}", role)

    address = databases.fresh()
    _store(address, furnish)
    return Stock(address, made)


def restocked(stock: Stock, databases: Databases, furnish: Furnish) -> Stock:
    """A copy of *stock* with what *furnish* stores in it."""
    address = databases.copy(stock.database)
    _store(address, furnish)
    return Stock(address, stock.tokens)


def _store(address: str, furnish: Furnish) -> None:
    async def work() -> None:
        database = open_database(address, scan_seconds=5)
        try:
            await furnish(Backend(database, lambda: datetime(2026, 1, 1, tzinfo=UTC)))
        finally:
            await database.close()

    asyncio.run(work())


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """The server logs errors alone, and without values of variables: printing a whole client would take minutes."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[_errors, structlog.contextvars.merge_contextvars, renderer])
    yield
    structlog.configure(processors=before)


def _errors(_: Any, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if method != "error":
        raise structlog.DropEvent
    return event


@pytest.fixture(scope="session")
def running(sqlite: SqliteDatabases) -> Iterator[tuple[FastAPI, Served]]:
    """The application behind its address, started once, because starting takes longer than most tests."""
    app = create_app(Settings(database=sqlite.fresh(), max_body_bytes=MAX_BODY))
    # It opens a database of its own, which `live` replaces.
    with served(app) as server:
        yield app, server


@contextmanager
def fresh(running: tuple[FastAPI, Served], stock: Stock, databases: Databases, clock: ManualClock) -> Iterator[Live]:
    """The running server on a database of its own."""
    app, server = running
    address = databases.lend(stock.database)
    database = open_database(address, scan_seconds=5)
    app.state.backend = Backend(database, clock)
    server.run(_measured())
    yield Live(server.url, stock.tokens, clock, app.state.backend, server)
    server.run(database.close())
    databases.take_back(address)


async def _measured() -> None:
    # Its thread outlives tests that measure nothing, which end the measuring in all threads.
    sys.settrace(threading.gettrace())


@pytest.fixture
def live(running: tuple[FastAPI, Served], stock: Stock, databases: Databases, clock: ManualClock) -> Iterator[Live]:
    """The running server on a fresh database."""
    with fresh(running, stock, databases, clock) as server:
        yield server


Connect = Callable[..., Face]


@pytest.fixture(params=FACES)
def connect(request: pytest.FixtureRequest, live: Live) -> Iterator[Connect]:
    """Makes clients, an administrator's unless told; each test runs with every face of the client."""
    with ExitStack() as clients:

        def client(role: Role = Role.ADMINISTRATOR, **settings: Any) -> Face:
            arguments = {"base_url": live.url, "token": live.tokens[role]} | settings
            return clients.enter_context(FACES[request.param](**arguments))

        yield client


@pytest.fixture
def assets(connect: Connect) -> AssetService:
    """The service, with an administrator's token."""
    return connect().asset


Make = Callable[..., Asset]


@pytest.fixture
def make(assets: AssetService) -> Make:
    """Creates assets: `DMM-001`, of a type that demands nothing, unless told."""

    def create(serial_number: str = "DMM-001", type_id: UUID | None = TYPE_ID, **properties: Any) -> Asset:
        return assets.create_asset(serial_number, type_id or TYPE_ID, **properties)

    return create


def serials(found: Iterable[Asset]) -> list[str]:
    """Serial numbers of what was found."""
    return [asset.serial_number for asset in found]


SetZone = Callable[[str], None]


@pytest.fixture
def set_zone() -> Iterator[SetZone]:
    """Sets the time zone of this process."""
    before = os.environ.get("TZ")

    def change(zone: str | None) -> None:
        os.environ.pop("TZ", None) if zone is None else os.environ.__setitem__("TZ", zone)
        time.tzset()

    yield change
    change(before)

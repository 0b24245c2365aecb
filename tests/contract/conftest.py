"""A real server for requests byte by byte."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from contract.wire import Wire
from databases import ALIKE, Databases
from pywats.testing.serving import served
from pywats_server.app import create_app
from pywats_server.clock import system_clock
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

MAX_BODY = 16 * 1024
"""The largest body that the server takes, in bytes."""


@pytest.fixture(scope="session", params=ALIKE)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


@pytest.fixture(scope="module")
def wire(databases: Databases) -> Iterator[Wire]:
    """A way to a server on one fresh database for all tests of a module, with an administrator's token."""
    settings = Settings(database=databases.fresh(), max_body_bytes=MAX_BODY)
    token = asyncio.run(_token(settings))
    with served(create_app(settings)) as server:
        yield Wire(urlsplit(server.url).port or 0, token)
    databases.drop(settings.database_url)


async def _token(settings: Settings) -> str:
    backend = Backend(open_database(settings.database_url, scan_seconds=settings.query_seconds), system_clock)
    token = await backend.write(LOCAL_ADMINISTRATOR, tokens.create_token, "wire", Role.ADMINISTRATOR)
    await backend.database.close()
    return token

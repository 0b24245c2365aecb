"""The application with something in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from conftest import Clients
from databases import ALIKE, Databases
from pywats.testing import ManualClock
from pywats_server.services.backend import Backend
from pywats_server.services.session import Role
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database
from server.api.calls import furnish


@pytest.fixture(scope="session", params=ALIKE)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    return request.param


@pytest.fixture
def furnished(application: Clients) -> Clients:
    """The application with the assets that `calls.CALLS` are about; its client shows no token by itself."""
    client = application.anonymous
    client.headers |= application.headers(Role.ADMINISTRATOR)
    furnish(client)
    del client.headers["Authorization"]
    return application


@pytest.fixture(scope="module")
def refusing(built: FastAPI, databases: Databases) -> Iterator[tuple[TestClient, Settings]]:
    """A furnished application for all tests of a module that change nothing; its client is an administrator's."""
    settings = Settings(database=databases.fresh())
    with TestClient(built, raise_server_exceptions=False) as client:
        database = open_database(settings.database_url, scan_seconds=settings.query_seconds)
        built.state.backend = Backend(database, ManualClock(datetime(2026, 3, 10, 12, tzinfo=UTC)))
        client.headers |= Clients(client).headers(Role.ADMINISTRATOR)
        furnish(client)
        yield client, settings
        client.portal.call(database.close)
    databases.drop(settings.database_url)

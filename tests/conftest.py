"""Fixtures that tests of every part share: a clock, a database, the application and clients of each role."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pywats_server.app import create_app
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings
from pywats_server.store import schema
from pywats_server.store.opening import open_database

# How long an example takes depends on what else the machine does; benchmarks measure, tests do not.
hypothesis.settings.register_profile("unhurried", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")


class ManualClock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment that the test set."""
        return self.now

    def advance(self, **duration: float) -> None:
        """Move on by a `timedelta` of *duration*."""
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> ManualClock:
    """A clock at noon, UTC, of a day in March 2026."""
    return ManualClock(datetime(2026, 3, 10, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy, because migrating takes longer than copying."""
    path = tmp_path_factory.mktemp("schema") / "empty.sqlite"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(empty_database: Path, tmp_path: Path) -> Settings:
    """Settings with a fresh, migrated database."""
    (tmp_path / "pywats.sqlite").write_bytes(empty_database.read_bytes())
    return Settings(data=tmp_path)


class Clients:
    """The application's clients: one for each role, and one without a token."""

    def __init__(self, client: TestClient) -> None:
        self.anonymous = client
        self.tokens = {role: self._token(role) for role in Role}

    def _token(self, role: Role) -> str:
        backend = self.anonymous.app.state.backend
        portal = self.anonymous.portal
        return portal.call(backend.write, LOCAL_ADMINISTRATOR, tokens.create_token, f"the {role.value}", role)

    def headers(self, role: Role) -> dict[str, str]:
        """Return the headers of a caller in *role*."""
        return {"Authorization": f"Basic {self.tokens[role]}"}


@pytest.fixture(scope="session")
def built(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application, built once, because the framework takes longer to build it than most tests take."""
    data = tmp_path_factory.mktemp("built")
    (data / "pywats.sqlite").write_bytes(empty_database.read_bytes())
    return create_app(Settings(data=data))


@pytest.fixture
def application(built: FastAPI, settings: Settings, clock: ManualClock) -> Iterator[Clients]:
    """The application on a fresh database, in process."""
    with TestClient(built, raise_server_exceptions=False) as client:
        database = open_database(settings.database_url, scan_seconds=settings.query_seconds)
        built.state.backend = Backend(database, clock)
        yield Clients(client)
        client.portal.call(database.close)


@pytest.fixture
def api(application: Clients) -> TestClient:
    """A client with an administrator's token."""
    application.anonymous.headers |= application.headers(Role.ADMINISTRATOR)
    return application.anonymous


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests of faults found out, wherever they ran."""
    for report in terminalreporter.getreports(""):
        for name, line in report.user_properties:
            if name == "figures" and report.when == "teardown":
                terminalreporter.write_line(line)

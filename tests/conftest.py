"""Fixtures that tests of every part share: a clock, a database, the application and clients of each role."""

import asyncio
import io
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient

from databases import Databases, PostgresDatabases, SqliteDatabases, postgres_databases, sqlite_databases
from pywats.settings_file import CONFIG_VARIABLE
from pywats.testing import ManualClock
from pywats.testing.serving import keep_values_out_of_traces
from pywats_server.app import create_app
from pywats_server.logs import configure_logs
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import LogFormat, Settings
from pywats_server.store.opening import open_database, sqlite_path

# How long an example takes depends on what else the machine does; benchmarks measure, tests do not.
hypothesis.settings.register_profile("unhurried", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def clock() -> ManualClock:
    """A clock at noon, UTC, of a day in March 2026."""
    return ManualClock(datetime(2026, 3, 10, 12, tzinfo=UTC))


@pytest.fixture(scope="session", autouse=True)
def no_settings_file() -> Iterator[None]:
    """Whoever runs the tests may have a file with the settings of a client, which are then not those of the tests."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(CONFIG_VARIABLE, "")
        yield


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that the test starts measure no lines: other tests cover them, and it takes a third of their time."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="session", autouse=True)
def plain_traces() -> None:
    """Traces in the log are without the values of variables."""
    keep_values_out_of_traces()


class _Log(io.StringIO):
    """A log in memory, which is complete when it is read."""

    def __init__(self, application: "Clients") -> None:
        super().__init__()
        self._application = application

    def getvalue(self) -> str:
        """Return what was written, once the application's loop has come round."""
        self._application.anonymous.portal.call(asyncio.sleep, 0)
        return super().getvalue()


@pytest.fixture(params=LogFormat, ids=lambda form: form.value)
def log(
    request: pytest.FixtureRequest, application: "Clients", settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[io.StringIO]:
    """All that the server writes to its log, in each of its forms, down to the least important."""
    written = _Log(application)
    monkeypatch.setattr(sys, "stderr", written)
    # The client of the tests is in the same process and tells of its requests, too.
    monkeypatch.setattr(logging.getLogger("httpx2"), "disabled", True)
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    configure_logs(settings.model_copy(update={"log_format": request.param, "log_level": "debug"}))
    # Loggers keep what they were configured with at their first use, which may have been in another test.
    structlog.configure(cache_logger_on_first_use=False)
    yield written
    structlog.configure(**before)
    root.handlers = handlers
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


@pytest.fixture(scope="session")
def empty_database(sqlite: SqliteDatabases) -> Path:
    """A migrated SQLite file that tests copy, because migrating takes longer than copying."""
    return sqlite_path(sqlite.fresh())


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabases]:
    """SQLite databases."""
    with sqlite_databases(tmp_path_factory.mktemp("sqlite")) as databases:
        yield databases


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresDatabases]:
    """PostgreSQL databases."""
    with postgres_databases() as databases:
        yield databases


@pytest.fixture(scope="session")
def kind() -> str:
    """The kind of database that tests run on. Folders whose tests run on every kind say so in their own `kind`."""
    return "sqlite"


@pytest.fixture(scope="session")
def databases(kind: str, request: pytest.FixtureRequest) -> Databases:
    """Databases of the kind that is tested now."""
    found: Databases = request.getfixturevalue(kind)
    return found


@pytest.fixture
def settings(databases: Databases, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a fresh, migrated database."""
    address = databases.lend()
    yield Settings(data=tmp_path, database=address)
    databases.take_back(address)


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
def built(sqlite: SqliteDatabases) -> FastAPI:
    """The application, built once, because the framework takes longer to build it than most tests take."""
    return create_app(Settings(database=sqlite.fresh()))


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

"""A real server that is thrown away: in this process, on a free port, with its database in a temporary folder."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI

from pywats.client import AsyncWATS, pyWATS
from pywats.config import BASE_URL_VARIABLE, TOKEN_VARIABLE
from pywats.settings_file import CONFIG_VARIABLE
from pywats.testing.clock import ManualClock
from pywats.testing.serving import Served, served
from pywats_server.app import create_app
from pywats_server.services import tokens
from pywats_server.services.backend import Backend
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database
from pywats_server.store.schema import upgrade

_SCAN_SECONDS = 5.0


class ThrowAwayServer:
    """
    A running server with nothing in it but a token for each role. `throw_away_server` makes one.

    Attributes:
        url: Its address.
        tokens: A token for each of the roles "viewer", "operator", "manager" and "administrator".
        clock: The clock by which it lives. It stands until it is moved.
    """

    def __init__(self, app: FastAPI, server: Served, stock: Path, clock: ManualClock) -> None:
        self.url = server.url
        self.clock = clock
        self._app = app
        self._server = server
        self._stock = stock
        self._start = clock.now
        self._numbers = count(1)
        self._opened = AsyncExitStack()
        self.tokens: Mapping[str, str] = server.run(_make_tokens(app.state.backend))
        self.reset()

    @property
    def token(self) -> str:
        """The administrator's token."""
        return self.tokens[Role.ADMINISTRATOR]

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which programs find this server, and are its administrator; no settings file is read."""
        return {BASE_URL_VARIABLE: self.url, TOKEN_VARIABLE: self.token, CONFIG_VARIABLE: ""}

    def client(self, role: str = Role.ADMINISTRATOR, **settings: Any) -> pyWATS:
        """A client of this server whose token has *role*; *settings* are those of `pyWATS`."""
        return pyWATS(self.url, self.tokens[Role(role)], **settings)

    def async_client(self, role: str = Role.ADMINISTRATOR, **settings: Any) -> AsyncWATS:
        """The same for programs with an event loop; *settings* are those of `AsyncWATS`."""
        return AsyncWATS(self.url, self.tokens[Role(role)], **settings)

    def reset(self) -> None:
        """Forget everything but the tokens, and set the clock back to its start. Takes some milliseconds."""
        self.clock.set(self._start)
        self._server.run(self._open_another())

    def close(self) -> None:
        """Close the database."""
        self._server.run(self._opened.aclose())

    async def _open_another(self) -> None:
        path = self._stock.with_name(f"{next(self._numbers)}.sqlite")
        _copy(self._stock, path)
        database = open_database(_address(path), scan_seconds=_SCAN_SECONDS)
        self._app.state.backend = Backend(database, self.clock)
        before, self._opened = self._opened, AsyncExitStack()
        self._opened.callback(path.unlink, missing_ok=True)
        self._opened.push_async_callback(database.close)
        await before.aclose()


def throw_away_server(now: datetime | None = None) -> AbstractContextManager[ThrowAwayServer]:
    """
    A real server on a free port of this machine, for the time of a block.

    Args:
        now: What its clock says; a naive moment is local time. The present, in whole seconds, when absent.
    """
    return _running(ManualClock(now or datetime.now(UTC).replace(microsecond=0)))


@contextmanager
def _running(clock: ManualClock) -> Iterator[ThrowAwayServer]:
    with TemporaryDirectory(prefix="pywats-", ignore_cleanup_errors=True) as folder:
        stock = Path(folder) / "stock.sqlite"
        upgrade(_address(stock))
        app = create_app(Settings(data=Path(folder), database=_address(stock)), clock)
        with served(app) as running, closing(ThrowAwayServer(app, running, stock, clock)) as server:
            yield server


async def _make_tokens(backend: Backend) -> dict[str, str]:
    return {
        role.value: await backend.write(LOCAL_ADMINISTRATOR, tokens.create_token, f"the {role.value}", role)
        for role in Role
    }


def _address(path: Path) -> str:
    return f"sqlite:///{path}"


def _copy(stock: Path, target: Path) -> None:
    # The application has the stock open; copying the file alone would leave behind what its write-ahead log holds.
    with closing(sqlite3.connect(stock)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)

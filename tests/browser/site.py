"""A server with the demo factory, and somebody in each role who is signed in."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from pywats.testing import ManualClock
from pywats.testing.serving import Served, served
from pywats_server.app import create_app
from pywats_server.demo.factory import fill
from pywats_server.services import users
from pywats_server.services.backend import Backend
from pywats_server.services.passwords import hashed
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role, Session
from pywats_server.services.sessions import open_session
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database
from pywats_server.store.schema import upgrade

NOW = datetime(2026, 3, 11, 15, 20, tzinfo=UTC)
"""The moment at which the factory stands: the afternoon of a working day."""

PASSWORD = "seven green fixtures"
"""The password of everybody."""

_SCAN_SECONDS = 5.0


@dataclass(frozen=True)
class Stock:
    """
    A database that sites are copies of.

    Attributes:
        secrets: Of a session of a user in each role, whose name is the role's.
    """

    database: Path
    secrets: dict[Role, str]


@dataclass(frozen=True)
class Site:
    """A server that shows pages: where, and who is signed in."""

    url: str
    secrets: dict[Role, str]
    backend: Backend
    server: Served

    def read(self, use_case: Callable[..., Any], *args: Any, **given: Any) -> Any:
        """Return what a use case of reading returns."""
        return self.server.run(self.backend.read(LOCAL_ADMINISTRATOR, use_case, *args, **given))

    def write(self, use_case: Callable[..., Any], *args: Any, **given: Any) -> Any:
        """Change something without the pages, and return what the use case returns."""
        return self.server.run(self.backend.write(LOCAL_ADMINISTRATOR, use_case, *args, **given))


def stock_in(folder: Path) -> Stock:
    """Make the demo factory, with a user in each role who has signed in."""
    path = folder / "stock.sqlite"
    upgrade(_address(path))
    # The thread that drives a browser has an event loop already.
    with ThreadPoolExecutor(1) as aside:
        return Stock(path, aside.submit(lambda: asyncio.run(_furnish(path))).result())


async def _furnish(path: Path) -> dict[Role, str]:
    backend = Backend(open_database(_address(path), scan_seconds=_SCAN_SECONDS), ManualClock(NOW))
    try:
        await fill(backend, NOW)
        password = await hashed(PASSWORD, "nobody")
        for role in Role:
            await backend.write(
                LOCAL_ADMINISTRATOR, users.add_user, role.value, role, password, must_change_password=False
            )
        return {role: await backend.database.write(_signing_in(role)) for role in Role}
    finally:
        await backend.database.close()


def _signing_in(role: Role) -> Callable[[Any], Any]:
    return lambda connection: open_session(Session(connection, LOCAL_ADMINISTRATOR, NOW), user=role.value)


@contextmanager
def serving(stock: Stock, folder: Path) -> Iterator[Callable[[], Site]]:
    """Serve one site at a time, each on a fresh copy of *stock*, in *folder*: each call makes the next one."""
    copies = (shutil.copy(stock.database, folder / f"{number}.sqlite") for number in count())
    # It opens a database of its own, which the first site replaces.
    app = create_app(Settings(data=folder, database=_address(next(copies))), ManualClock(NOW))
    with served(app) as server, ExitStack() as databases:

        def fresh() -> Site:
            databases.close()
            database = open_database(_address(next(copies)), scan_seconds=_SCAN_SECONDS)
            databases.callback(lambda: server.run(database.close()))
            app.state.backend = Backend(database, ManualClock(NOW))
            return Site(server.url, stock.secrets, app.state.backend, server)

        yield fresh


def _address(path: Path) -> str:
    return f"sqlite:///{path}"

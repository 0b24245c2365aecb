"""A server without its edges, on every kind of database, and what people do with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from databases import ALIKE
from pywats.testing import ManualClock
from pywats_server.services import users
from pywats_server.services.backend import Backend
from pywats_server.services.passwords import HashedPassword, hashed
from pywats_server.services.session import LOCAL_ADMINISTRATOR, Role
from pywats_server.services.users import StoredUser
from pywats_server.settings import Settings
from pywats_server.store.opening import open_database

PASSWORD = "seven green fixtures"


@pytest.fixture(scope="session", params=ALIKE)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database."""
    found: str = request.param
    return found


@pytest.fixture(scope="session")
def stored_password() -> HashedPassword:
    """The hash of `PASSWORD`, made once because it takes long on purpose."""
    return asyncio.run(hashed(PASSWORD, "nobody"))


class House:
    """A server, and the loop that it lives in."""

    def __init__(
        self, address: str, clock: ManualClock, run: Callable[[Coroutine[Any, Any, Any]], Any], password: HashedPassword
    ) -> None:
        self.backend = Backend(open_database(address, scan_seconds=1), clock)
        self.run = run
        self._address = address
        self._password = password

    @asynccontextmanager
    async def other_server(self) -> AsyncIterator[Backend]:
        """Another server on the same database."""
        database = open_database(self._address, scan_seconds=1)
        yield Backend(database, self.backend.clock)
        await database.close()

    def do(self, use_case: Any, *args: Any, **given: Any) -> Any:
        """Carry out a use case as the local administrator."""
        return self.run(self.backend.write(LOCAL_ADMINISTRATOR, use_case, *args, **given))

    def add(self, name: str, role: Role = Role.ADMINISTRATOR, *, must_change_password: bool = False) -> None:
        """Make an account with `PASSWORD`."""
        self.do(users.add_user, name, role, self._password, must_change_password=must_change_password)

    def users(self) -> dict[str, StoredUser]:
        """Return every account by its name."""
        return {user.name: user for user in self.do(users.list_users)}


@pytest.fixture
def house(settings: Settings, clock: ManualClock, stored_password: HashedPassword) -> Iterator[House]:
    """A server on an empty database."""
    with asyncio.Runner() as runner:
        opened = House(settings.database_url, clock, runner.run, stored_password)
        yield opened
        runner.run(opened.backend.database.close())

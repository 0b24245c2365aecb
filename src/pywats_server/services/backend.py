"""Runs use cases: permission first, then one transaction of the right kind."""

from typing import ParamSpec, TypeVar

from pywats_server.clock import Clock
from pywats_server.services import tokens
from pywats_server.services.session import Principal, Session, UseCase, permission_of, require
from pywats_server.store import health
from pywats_server.store.database import Connection, Database, Work

P = ParamSpec("P")
T = TypeVar("T")


class Backend:
    """
    The server without its edges: a database and a clock.

    Each call runs one use case for one caller in one transaction and returns what the use case returns. A caller
    without the use case's permission gets `NotAllowed` before the database is touched.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def read(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a short read at once."""
        return await self.database.read(self._work(principal, function, *args, **kwargs))

    async def scan(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read that may take long, on a worker thread and with a limit on its work."""
        return await self.database.scan(self._work(principal, function, *args, **kwargs))

    async def write(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a change; return when it is safe on disk."""
        return await self.database.write(self._work(principal, function, *args, **kwargs))

    async def authenticate(self, token: str) -> Principal:
        """Return whose token this is."""
        return await self.database.read(lambda connection: tokens.authenticate(connection, token))

    async def check(self) -> None:
        """Raise an error when the database does not answer."""
        await self.database.read(health.ask)

    def _work(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> Work[T]:
        require(principal, permission_of(function))

        async def work(connection: Connection) -> T:
            # The clock is read inside the transaction, so that moments in the log follow the order of changes.
            return await function(Session(connection, principal, self.clock()), *args, **kwargs)

        return work

"""Runs use cases: permission first, then one transaction of the right kind."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from pywats_server.clock import Clock
from pywats_server.errors import DomainError, Sentence, Unavailable
from pywats_server.instants import instant
from pywats_server.services.counting import CountCall, count_together
from pywats_server.services.once import Answer, Presentation, Request, answer_once, do_once
from pywats_server.services.recent import Recent, Told
from pywats_server.services.session import Permission, Principal, Session, UseCase, permission_of, require
from pywats_server.services.tokens import KnownTokens
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
        self._known_tokens = KnownTokens()
        self._recent = Recent(clock)

    async def read(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a short read at once."""
        return await self.database.read(self._work(principal, function, *args, **kwargs))

    async def scan(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read that may take long, on a worker thread and with a limit on its work."""
        return await self.database.scan(self._work(principal, function, *args, **kwargs))

    async def recently(
        self, within: timedelta, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> Told[T]:
        """
        Return what a `scan` told at most *within* ago, whoever asked for it, or what it tells now.

        What this server changed since is in it, counts of uses apart. It is for questions that are asked in few forms
        and answered alike to everybody who may ask.
        """
        work = self._work(principal, function, *args, **kwargs)
        question = (function, args, tuple(sorted(kwargs.items())))
        return await self._recent.tell(question, within, lambda: self.database.scan(work))

    async def write(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a change; return when it is safe on disk."""
        return await self._change(function, self._work(principal, function, *args, **kwargs))

    async def write_once(
        self, principal: Principal, request: Request, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """
        Run a change that may be asked for again.

        Raises:
            AlreadyDone: The same *request* was carried out before.
        """
        work = self._work(principal, function, *args, **kwargs)

        async def once(connection: Connection) -> T:
            return await do_once(Session(connection, principal, self.clock()), request, work)

        return await self._change(function, once)

    async def _change(self, function: Callable[..., Any], work: Work[T]) -> T:
        try:
            return await self.database.write(work)
        finally:
            # Whoever has just changed something looks whether it shows.
            self._recent.forget()
            if permission_of(function) is Permission.MANAGE_TOKENS:
                self._known_tokens.forget()

    async def answer(
        self,
        principal: Principal,
        request: Request | None,
        present: Presentation[T],
        function: UseCase[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        """
        Run a change and return its answer. A *request* that was answered before gets the same answer again.

        An error of the domain is raised where there is no *request*, because nobody will ask for its answer again.
        """
        work = self._work(principal, function, *args, **kwargs)
        if request is None:
            return present.result(await self._change(function, work))

        async def once(connection: Connection) -> Answer:
            return await answer_once(Session(connection, principal, self.clock()), request, work, present)

        return await self._change(function, once)

    async def count(self, call: CountCall) -> Answer:
        """Count the uses of one asset, together with whatever other callers count meanwhile, and return the answer."""
        require(call.principal, Permission.COUNT)
        return await self.database.write_together(self._count_together, call)

    async def _count_together(self, connection: Connection, calls: Sequence[CountCall]) -> list[Answer | DomainError]:
        return await count_together(connection, instant(self.clock()), calls)

    async def authenticate(self, token: str) -> Principal:
        """Return whose token this is."""
        return await self._known_tokens.authenticate(self.database, token)

    async def check(self) -> None:
        """
        Return when the database answers.

        Raises:
            Unavailable: It does not, for whatever reason.
        """
        try:
            await self.database.read(health.ask)
        except Exception as error:
            raise Unavailable(Sentence("The database does not answer. The server's log has the reason.")) from error

    def _work(self, principal: Principal, function: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> Work[T]:
        require(principal, permission_of(function))

        async def work(connection: Connection) -> T:
            # The clock is read inside the transaction, so that moments in the log follow the order of changes.
            return await function(Session(connection, principal, self.clock()), *args, **kwargs)

        return work

"""The ways to use the client, each as calls that return values, so that a behaviour is written once for all of them."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, cast

from pywats import AsyncWATS, pyWATS
from pywats.domains.asset.service import AssetService
from pywats.outbox.outbox import Outbox


class Face(Protocol):
    """A client, as `pyWATS` outside a loop is one already."""

    @property
    def asset(self) -> AssetService:
        """Its assets."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What waits to be delivered."""
        ...

    def version(self) -> str:
        """The version of the server."""
        ...


class InLoop:
    """A client inside an event loop: each call runs the loop until its outcome is there."""

    def __init__(self, client: AsyncWATS | pyWATS, runner: asyncio.Runner) -> None:
        self.asset = cast("AssetService", _Awaiting(client.asset, runner))
        self.version = _Awaiting(client, runner).version
        self._client = client
        self._runner = runner

    @property
    def outbox(self) -> Outbox:
        """What waits to be delivered."""
        return cast("Outbox", _Awaiting(self._client.outbox, self._runner))


class _Awaiting:
    def __init__(self, service: object, runner: asyncio.Runner) -> None:
        self._service = service
        self._runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            outcome = self._runner.run(_awaited(getattr(self._service, name), *args, **kwargs))
            if hasattr(outcome, "__aenter__"):
                return self._within(outcome)
            return self._walk(outcome) if hasattr(outcome, "__anext__") else outcome

        return call

    @contextmanager
    def _within(self, context: Any) -> Iterator[Any]:
        inside = self._runner.run(_awaited(context.__aenter__))
        try:
            yield inside
        except BaseException as error:
            if not self._runner.run(_awaited(context.__aexit__, type(error), error, error.__traceback__)):
                raise
        else:
            self._runner.run(_awaited(context.__aexit__, None, None, None))

    def _walk(self, items: Any) -> Iterator[Any]:
        end = object()
        while (item := self._runner.run(_next(items, end))) is not end:
            yield item


async def _awaited(method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    # The call itself is made inside the loop, where `pyWATS` looks for one.
    outcome = method(*args, **kwargs)
    return await outcome if inspect.isawaitable(outcome) else outcome


async def _next(items: Any, end: object) -> Any:
    return await anext(items, end)


@contextmanager
def _awaited_face(*args: Any, **settings: Any) -> Iterator[Face]:
    with asyncio.Runner() as runner, pyWATS(*args, **settings) as client:
        yield InLoop(client, runner)


@contextmanager
def _asyncio_face(*args: Any, **settings: Any) -> Iterator[Face]:
    with asyncio.Runner() as runner:
        client = AsyncWATS(*args, **settings)
        try:
            yield InLoop(client, runner)
        finally:
            runner.run(client.close())


FACES: dict[str, Callable[..., AbstractContextManager[Face]]] = {
    "pyWATS": pyWATS,
    "pyWATS-awaited": _awaited_face,
    "AsyncWATS": _asyncio_face,
}
"""Each takes the arguments of a client."""

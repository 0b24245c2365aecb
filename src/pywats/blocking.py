"""
Coroutines without an event loop, and the face of `pyWATS` that is made from them.

A coroutine that awaits only what never suspends runs to its end by one `send(None)`. So the services, written once as
coroutines, serve a plain script on the blocking transport. Called inside a running loop, the same methods return an
awaitable instead, which makes the blocking call on a worker thread, so that the loop goes on.
"""

import contextvars
import functools
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

Service = TypeVar("Service")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Item = TypeVar("Item")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """
    The result of a *coroutine* that never suspends.

    Raises:
        RuntimeError: It did suspend: something in it waits for an event loop.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    coroutine.close()
    raise RuntimeError(f"{coroutine!r} waits for an event loop; only coroutines on the blocking transport run without")


def in_event_loop() -> bool:
    """Whether the caller runs inside an event loop."""
    # Whoever runs a loop has imported asyncio; importing it here would slow the start of every script.
    events = sys.modules.get("asyncio.events")
    return events is not None and events._get_running_loop() is not None


class BlockingFace(Generic[Service]):
    """
    Base of the classes that offer a service of coroutines to programs without a loop.

    Args:
        service: On the blocking transport.
        executor: Where calls are made that come from inside a loop.
    """

    def __init__(self, service: Service, executor: Executor) -> None:
        self._service = service
        self._executor = executor


def blocking(
    method: Callable[Concatenate[Service, Arguments], Coroutine[Any, Any, Result]],
) -> Callable[Concatenate[BlockingFace[Service], Arguments], Result]:
    """
    The method of a face that does what *method* does: outside a loop it blocks and returns the result.

    Inside a running loop it returns a coroutine with the same result. Type checkers see the blocking form.
    """

    @functools.wraps(method)
    def call(face: BlockingFace[Service], /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        def blocking_call() -> Result:
            return run(method(face._service, *args, **kwargs))

        if in_event_loop():
            return on_thread(face._executor, blocking_call)  # type: ignore[return-value]
        return blocking_call()

    return call


def blocking_iterator(
    method: Callable[Concatenate[Service, Arguments], AsyncIterator[Item]],
) -> Callable[Concatenate[BlockingFace[Service], Arguments], "BlockingIterator[Item]"]:
    """The method of a face that walks what the generator *method* yields."""

    @functools.wraps(method)
    def call(
        face: BlockingFace[Service], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> BlockingIterator[Item]:
        return BlockingIterator(method(face._service, *args, **kwargs), face._executor)

    return call


def blocking_context(
    method: Callable[Concatenate[Service, Arguments], AbstractAsyncContextManager[Item]],
) -> Callable[Concatenate[BlockingFace[Service], Arguments], "BlockingContext[Item]"]:
    """The method of a face that enters and leaves what *method* returns."""

    @functools.wraps(method)
    def call(
        face: BlockingFace[Service], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> BlockingContext[Item]:
        return BlockingContext(method(face._service, *args, **kwargs), face._executor)

    return call


def plain(
    method: Callable[Concatenate[Service, Arguments], Result],
) -> Callable[Concatenate[BlockingFace[Service], Arguments], Result]:
    """The method of a face that calls a *method* which is no coroutine."""

    @functools.wraps(method)
    def call(face: BlockingFace[Service], /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return method(face._service, *args, **kwargs)

    return call


class BlockingIterator(Generic[Item]):
    """Walks an asynchronous iterator that never suspends: by `for`, or inside a loop by `async for`."""

    def __init__(self, items: AsyncIterator[Item], executor: Executor) -> None:
        self._items = items
        self._executor = executor

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        try:
            return run(_next(self._items))
        except StopAsyncIteration:
            raise StopIteration from None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        # StopAsyncIteration cannot cross a future, so the end travels as a value.
        end = object()
        item = await on_thread(self._executor, lambda: next(self, end))
        if item is end:
            raise StopAsyncIteration
        return item  # type: ignore[return-value]


class BlockingContext(Generic[Item]):
    """Enters and leaves an asynchronous context that never suspends: by `with`, or inside a loop by `async with`."""

    def __init__(self, context: AbstractAsyncContextManager[Item], executor: Executor) -> None:
        self._context = context
        self._executor = executor

    def __enter__(self) -> Item:
        return self._here(self._enter)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._here(lambda: self._leave(kind, error, trace))

    async def __aenter__(self) -> Item:
        return await on_thread(self._executor, self._enter)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await on_thread(self._executor, lambda: self._leave(kind, error, trace))

    def _here(self, call: Callable[[], Result]) -> Result:
        # In the thread of a running loop, as in the cell of a notebook, what is called would take the loop for its own.
        return self._executor.submit(call).result() if in_event_loop() else call()

    def _enter(self) -> Item:
        return run(_entered(self._context))

    def _leave(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return run(_left(self._context, kind, error, trace))


async def on_thread(executor: Executor | None, call: Callable[[], Result]) -> Result:
    """The result of a blocking *call*, made on a worker thread, the loop's own unless told, while the loop goes on."""
    # Inside a loop this costs nothing: it has been imported.
    import asyncio

    # What a program keeps for the task at hand, such as its trace, holds on the thread too.
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(executor, context.run, call)


async def aside(call: Callable[[], Result]) -> Result:
    """The result of a *call* that blocks for a moment: inside a running loop it is made on a thread of the loop's."""
    return await on_thread(None, call) if in_event_loop() else call()


async def _next(items: AsyncIterator[Item]) -> Item:
    return await anext(items)


async def _entered(context: AbstractAsyncContextManager[Item]) -> Item:
    return await context.__aenter__()


async def _left(
    context: AbstractAsyncContextManager[Any],
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> bool | None:
    return await context.__aexit__(kind, error, trace)

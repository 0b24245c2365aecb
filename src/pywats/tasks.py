"""
Coroutines side by side: in an event loop as its tasks, outside of one on threads.

So what is written once for both faces can do several things at a time on either.
"""

import contextvars
import threading
from collections.abc import Callable, Collection, Coroutine, Iterable
from concurrent import futures
from itertools import islice
from typing import Any, Protocol, TypeVar

from pywats.blocking import in_event_loop, run

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

WAKE_SECONDS = 0.2
"""How long a thread waits at a stretch. On Windows Ctrl-C is noticed only between two stretches."""


class Pending(Protocol[Result_co]):
    """Something that was started: an asyncio task, or what a thread will bring."""

    def result(self) -> Result_co:
        """What it returned, once it is done; raises what it raised."""
        ...

    def done(self) -> bool:
        """Whether it has come to its end."""
        ...

    def cancelled(self) -> bool:
        """Whether it was given up before its end."""
        ...

    def exception(self) -> BaseException | None:
        """What it raised, once it is done."""
        ...


class Side(Protocol):
    """Where coroutines run beside the caller."""

    def start(self, work: Coroutine[Any, Any, Result]) -> Pending[Result]:
        """Begin *work* now."""
        ...

    async def first_done(self, pending: Collection[Pending[Result]]) -> Collection[Pending[Result]]:
        """Those that are done, as soon as one is."""
        ...

    async def abandon(self, pending: Collection[Pending[Any]]) -> None:
        """Give up what is not done yet, and take no notice of how it ends."""
        ...


def beside() -> Side:
    """The side on which the caller's coroutines run: tasks inside of an event loop, threads outside."""
    return _Tasks() if in_event_loop() else _Threads()


async def gather(
    calls: Iterable[Callable[[], Coroutine[Any, Any, Result]]],
    at_once: int,
    on_done: Callable[[int, Result], None] = lambda _number, _result: None,
) -> list[Result]:
    """
    The results of *calls* in their order.

    An error of a call, cancellation and Ctrl-C end it: nothing more is started, and what is under way is given up.

    Args:
        calls: Each makes a coroutine. They begin in this order.
        at_once: How many are under way at a time, at most.
        on_done: Takes the number of a call, from 0, and its result as soon as that is there, also of those that were
            done when Ctrl-C came. Never called by two at a time, and always where `gather` was called.
    """
    side, waiting = beside(), enumerate(calls)
    under_way: dict[Pending[Result], int] = {}
    results: dict[int, Result] = {}

    def take(done: Pending[Result]) -> None:
        number = under_way.pop(done)
        results[number] = done.result()
        on_done(number, results[number])

    try:
        while True:
            for number, call in islice(waiting, at_once - len(under_way)):
                under_way[side.start(call())] = number
            if not under_way:
                return [results[number] for number in range(len(results))]
            for done in await side.first_done(under_way):
                take(done)
    except BaseException as end:
        await side.abandon(under_way)
        if not isinstance(end, Exception):
            for done in filter(_has_result, list(under_way)):
                take(done)
        raise


def _has_result(pending: Pending[Any]) -> bool:
    return pending.done() and not pending.cancelled() and pending.exception() is None


class _Tasks:
    """Tasks of the running loop."""

    def start(self, work: Coroutine[Any, Any, Result]) -> Pending[Result]:
        import asyncio

        return asyncio.create_task(work)

    async def first_done(self, pending: Collection[Any]) -> Collection[Any]:
        import asyncio

        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        return done

    async def abandon(self, pending: Collection[Any]) -> None:
        import asyncio

        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


class _Threads:
    """
    A thread for each. It ends by itself with its work, which cannot be cancelled, and keeps no program from ending.

    A thread is made in a fraction of the time that a call takes. So there is no pool that must be closed, or that a
    forked process would find without its threads.
    """

    def start(self, work: Coroutine[Any, Any, Result]) -> Pending[Result]:
        future: futures.Future[Result] = futures.Future()
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(_fulfil, future, work), name="pywats", daemon=True).start()
        return future

    async def first_done(self, pending: Collection[Any]) -> Collection[Any]:
        while True:
            done, _ = futures.wait(pending, WAKE_SECONDS, futures.FIRST_COMPLETED)
            if done:
                return done

    async def abandon(self, pending: Collection[Any]) -> None:
        pass


def _fulfil(future: futures.Future[Result], work: Coroutine[Any, Any, Result]) -> None:
    try:
        future.set_result(run(work))
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
        future.set_exception(error)

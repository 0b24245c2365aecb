"""Coroutines side by side: tasks inside an event loop, threads outside, with the same outcome."""

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import pytest

from pywats.blocking import run
from pywats.tasks import beside, gather


@dataclass(frozen=True)
class Colour:
    """How coroutines run, and a barrier for as many of them as are told."""

    perform: Callable[[Coroutine[Any, Any, Any]], Any]
    barrier: Callable[[int], Callable[[], Awaitable[Any]]]


def thread_barrier(parties: int) -> Callable[[], Awaitable[Any]]:
    barrier = threading.Barrier(parties, timeout=10)

    async def wait() -> None:
        barrier.wait()

    return wait


def task_barrier(parties: int) -> Callable[[], Awaitable[Any]]:
    return asyncio.Barrier(parties).wait


COLOURS = {"threads": Colour(run, thread_barrier), "tasks": Colour(asyncio.run, task_barrier)}


@pytest.fixture(params=COLOURS)
def colour(request: pytest.FixtureRequest) -> Colour:
    """Either of the two."""
    return COLOURS[request.param]


def doubling(number: int) -> Callable[[], Coroutine[Any, Any, int]]:
    async def double() -> int:
        return 2 * number

    return double


def failing(error: BaseException) -> Callable[[], Coroutine[Any, Any, int]]:
    async def fail() -> int:
        raise error

    return fail


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_gather_returns_results_in_the_order_of_the_calls(colour: Colour, at_once: int) -> None:
    assert colour.perform(gather(map(doubling, range(20)), at_once)) == [2 * number for number in range(20)]


def test_gather_of_nothing_is_nothing(colour: Colour) -> None:
    assert colour.perform(gather([], 3)) == []


def test_gather_has_as_many_under_way_as_it_may_and_no_more(colour: Colour) -> None:
    under_way: set[int] = set()
    most = 0

    async def together() -> None:
        meet = colour.barrier(3)

        def call(number: int) -> Callable[[], Coroutine[Any, Any, None]]:
            async def work() -> None:
                nonlocal most
                under_way.add(number)
                most = max(most, len(under_way))
                await meet()
                under_way.discard(number)

            return work

        await gather(map(call, range(9)), 3)

    colour.perform(together())
    assert most == 3


def test_gather_tells_each_result_where_it_was_called(colour: Colour) -> None:
    told: dict[int, tuple[int, str]] = {}
    name = threading.current_thread().name
    on_done = lambda number, result: told.update({number: (result, threading.current_thread().name)})  # noqa: E731
    colour.perform(gather(map(doubling, range(5)), 2, on_done))
    assert told == {number: (2 * number, name) for number in range(5)}


def test_error_of_a_call_ends_the_gathering_and_starts_no_more(colour: Colour) -> None:
    started: list[int] = []

    def call(number: int) -> Callable[[], Coroutine[Any, Any, int]]:
        started.append(number)
        return failing(KeyError("two")) if number == 2 else doubling(number)

    with pytest.raises(KeyError, match="two"):
        colour.perform(gather(map(call, range(20)), 1))
    assert started == [0, 1, 2]


def join_threads() -> None:
    """Wait until nothing runs beside this thread any more."""
    for thread in threading.enumerate():
        if thread.name == "pywats":
            thread.join(10)


def test_interrupted_gathering_still_tells_what_is_done(colour: Colour) -> None:
    told: list[int] = []

    def on_done(number: int, _result: int) -> None:
        told.append(number)
        if len(told) == 1:
            join_threads()
            raise KeyboardInterrupt

    async def together() -> None:
        meet = colour.barrier(2)

        async def work() -> int:
            await meet()
            return 1

        await gather([work, work], 2, on_done)

    with pytest.raises(KeyboardInterrupt):
        colour.perform(together())
    assert sorted(told) == [0, 1]


def test_cancelled_gathering_leaves_no_task_behind() -> None:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def script() -> set[Any]:
        gathering = asyncio.create_task(gather([wait] * 5, 3))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gathering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gathering
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(script()) == set()
    assert ended == ["cancelled"] * 3


def test_abandoned_thread_ends_with_its_work() -> None:
    released, side = threading.Event(), beside()
    before = threading.active_count()

    async def wait() -> bool:
        return released.wait(10)

    pending = side.start(wait())
    run(side.abandon([pending]))
    released.set()
    assert run(side.first_done([pending])) == {pending}
    assert pending.result()
    join_threads()
    assert threading.active_count() == before


def test_work_beside_sees_the_context_of_its_caller(colour: Colour) -> None:
    operator = contextvars.ContextVar("operator", default="nobody")

    async def who() -> str:
        return operator.get()

    async def script() -> list[str]:
        operator.set("anna")
        return await gather([who], 1)

    assert colour.perform(script()) == ["anna"]

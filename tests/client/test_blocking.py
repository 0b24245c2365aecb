"""Coroutines without a loop, and methods that block outside a loop and can be awaited inside one."""

import asyncio
import inspect
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pywats.blocking import BlockingFace, blocking, blocking_iterator, in_event_loop, plain, run


class AsyncDoubler:
    """A service to make faces from."""

    async def double(self, number: int, *, times: int = 1) -> tuple[int, str]:
        """Twice the number, and the thread that found it."""
        if number < 0:
            raise ValueError("too small")
        return number * 2**times, threading.current_thread().name

    async def count_up(self, end: int) -> AsyncIterator[int]:
        """Numbers below *end*."""
        for number in range(end):
            yield number
        if end == 2:
            raise KeyError("after two")

    def is_even(self, number: int) -> bool:
        """Whether it is."""
        return number % 2 == 0


class Doubler(BlockingFace[AsyncDoubler]):
    """Its face."""

    double = blocking(AsyncDoubler.double)
    count_up = blocking_iterator(AsyncDoubler.count_up)
    is_even = plain(AsyncDoubler.is_even)


@pytest.fixture
def doubler() -> Iterator[Doubler]:
    """A face with workers of its own."""
    with ThreadPoolExecutor(2, "worker") as executor:
        yield Doubler(AsyncDoubler(), executor)


def test_run_returns_the_result_and_passes_errors_on() -> None:
    async def inner(error: Exception | None) -> str:
        if error:
            raise error
        return "done"

    assert run(inner(None)) == "done"
    with pytest.raises(KeyError):
        run(inner(KeyError("x")))


def test_run_refuses_what_waits_for_a_loop() -> None:
    ended = []

    async def suspends() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            ended.append(True)

    with pytest.raises(RuntimeError, match=r"suspends.* waits for an event loop"):
        run(suspends())
    assert ended == [True]


def test_method_outside_a_loop_returns_the_result_in_the_same_thread(doubler: Doubler) -> None:
    assert not in_event_loop()
    assert doubler.double(3, times=2) == (12, threading.current_thread().name)


def test_method_inside_a_loop_can_be_awaited_and_runs_on_a_worker(doubler: Doubler) -> None:
    async def use() -> tuple[int, str]:
        assert in_event_loop()
        pending: Any = doubler.double(3)
        assert inspect.iscoroutine(pending)
        return await pending  # type: ignore[no-any-return]

    number, thread = asyncio.run(use())
    assert number == 6
    assert thread.startswith("worker")


def test_methods_inside_a_loop_run_at_the_same_time(doubler: Doubler) -> None:
    both_are_here = threading.Barrier(2, timeout=10)

    class Waiting(AsyncDoubler):
        async def double(self, number: int, *, times: int = 1) -> tuple[int, str]:
            both_are_here.wait()
            return number, ""

    face = Doubler(Waiting(), doubler._executor)
    face.double = blocking(Waiting.double).__get__(face)  # type: ignore[method-assign]

    async def use() -> list[Any]:
        return await asyncio.gather(face.double(1), face.double(2))  # type: ignore[call-overload,no-any-return]

    assert asyncio.run(use()) == [(1, ""), (2, "")]


def test_error_inside_a_loop_reaches_the_awaiting_code(doubler: Doubler) -> None:
    async def use() -> None:
        await doubler.double(-1)  # type: ignore[misc]

    with pytest.raises(ValueError, match="too small"):
        asyncio.run(use())


def test_forgotten_await_warns(doubler: Doubler) -> None:
    async def forget() -> None:
        doubler.double(3)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(forget())
    assert any("never awaited" in str(warning.message) for warning in caught)


def test_iterator_walks_by_for_and_by_async_for(doubler: Doubler) -> None:
    async def use() -> list[int]:
        return [number async for number in doubler.count_up(4)]

    assert list(doubler.count_up(4)) == [0, 1, 2, 3]
    assert asyncio.run(use()) == [0, 1, 2, 3]


def test_error_of_the_generator_ends_the_walk(doubler: Doubler) -> None:
    async def use() -> list[int]:
        return [number async for number in doubler.count_up(2)]

    with pytest.raises(KeyError, match="after two"):
        list(doubler.count_up(2))
    with pytest.raises(KeyError, match="after two"):
        asyncio.run(use())


def test_plain_method_answers_at_once_inside_a_loop_too(doubler: Doubler) -> None:
    async def use() -> bool:
        return doubler.is_even(4)

    assert doubler.is_even(3) is False
    assert asyncio.run(use()) is True


@pytest.mark.parametrize("name", ["double", "count_up", "is_even"])
def test_face_keeps_signature_and_docstring(name: str) -> None:
    assert inspect.signature(getattr(Doubler, name)) == inspect.signature(getattr(AsyncDoubler, name))
    assert getattr(Doubler, name).__doc__ == getattr(AsyncDoubler, name).__doc__

"""Walks over pages: what is fetched when, on threads and in an event loop."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pywats.blocking import BlockingIterator, run
from pywats.shared.pages import walk


class Shelf:
    """Hands out pages of numbers; remembers from where they were asked for, and where it fails."""

    def __init__(self, count: int, size: int, *, fails_at: int | None = None) -> None:
        self.numbers = list(range(count))
        self.size = size
        self.fails_at = fails_at
        self.asked: list[tuple[int | None, int]] = []

    async def page(self, last: int | None, met: int) -> list[int]:
        self.asked.append((last, met))
        if met == self.fails_at:
            raise KeyError(met)
        return self.numbers[met : met + self.size]

    def walk(self) -> AsyncIterator[int]:
        return walk(self.page, self.size)


async def collected(items: AsyncIterator[int], met: list[int]) -> None:
    async for item in items:
        met.append(item)


PERFORM: dict[str, Callable[[Coroutine[Any, Any, Any]], Any]] = {"threads": run, "tasks": asyncio.run}


@pytest.fixture(params=PERFORM)
def perform(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine without a loop, or in one."""
    return PERFORM[request.param]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 7, 12])
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_walk_meets_every_item_once_and_in_order(perform: Any, count: int, size: int) -> None:
    shelf, met = Shelf(count, size), []
    perform(collected(shelf.walk(), met))
    assert met == shelf.numbers
    assert shelf.asked == [(start - 1 if start else None, start) for start in range(0, count + 1, size)]


def test_next_page_is_fetched_from_the_middle_of_the_one_before(perform: Any) -> None:
    shelf = Shelf(20, 4)
    fetched = []

    async def look() -> None:
        async for _ in shelf.walk():
            # A thread, or a task, has its turn.
            await settle()
            fetched.append(len(shelf.asked))
            if len(fetched) == 8:
                break

    perform(look())
    assert fetched == [1, 1, 2, 2, 2, 2, 3, 3]


async def settle() -> None:
    """Wait until what was started has come to its end."""
    for thread in threading.enumerate():
        if thread.name == "pywats":
            thread.join(10)
    if asyncio._get_running_loop():
        for _ in range(10):
            await asyncio.sleep(0)


def test_error_of_a_page_is_raised_where_its_first_item_would_come(perform: Any) -> None:
    met: list[int] = []
    with pytest.raises(KeyError, match="4"):
        perform(collected(Shelf(8, 2, fails_at=4).walk(), met))
    assert met == [0, 1, 2, 3]


def test_walk_left_early_in_a_loop_leaves_no_task_behind() -> None:
    ended: list[str] = []

    class Slow(Shelf):
        async def page(self, last: int | None, met: int) -> list[int]:
            try:
                return await super().page(last, met) if met == 0 else await asyncio.Event().wait() and []
            finally:
                ended.append(f"page from {met}")

    async def script() -> set[Any]:
        async for item in Slow(8, 2).walk():
            if item == 1:
                await settle()
                break
        gc.collect()
        await settle()
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(script()) == set()
    assert ended == ["page from 0", "page from 2"]


def test_walk_left_early_leaves_no_thread_behind_and_no_page_that_nobody_sees() -> None:
    before = set(threading.enumerate())
    shelf = Shelf(20, 4)
    for item in BlockingIterator(shelf.walk(), ThreadPoolExecutor(1)):
        if item == 2:
            break
    gc.collect()
    run(settle())
    assert set(threading.enumerate()) == before
    assert len(shelf.asked) == 2

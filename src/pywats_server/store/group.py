"""What waits for a writer, and how it is sorted into one transaction, whichever database the writer is of."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pywats_server.errors import Busy, Sentence
from pywats_server.store.database import Connection, JointWork, Work

T = TypeVar("T")

# Rounds of the event loop before a group begins: some 50 µs, in which a third more of them come.
_ROUNDS = 6

GROUP_SIZE = 128
"""The most writes that share a commit. Larger groups gain nothing."""

WAITING_WRITES = 10_000
"""The most writes that wait for a writer; one more is refused."""


@dataclass(slots=True)
class Pending:
    """A write on its way through a writer, the caller who waits for it, and what became of it."""

    future: asyncio.Future[Any]
    result: Any = field(default=None, init=False)
    error: BaseException | None = field(default=None, init=False)

    def answer(self) -> None:
        """Tell the caller, in the caller's own loop."""
        if self.future.done():
            return  # The caller was cancelled while the write went on.
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)

    def take(self, outcome: Any) -> None:
        """Keep what became of the write: a result, or an error."""
        self.result, self.error = (None, outcome) if isinstance(outcome, BaseException) else (outcome, None)


@dataclass(slots=True)
class Unit(Pending):
    """A write that is done by itself."""

    work: Callable[[Connection], Coroutine[Any, Any, Any]]


@dataclass(slots=True)
class Item(Pending):
    """A write that is done in one go with the others of the same work."""

    work: JointWork[Any, Any]
    item: Any


def units(group: Sequence[Pending]) -> list[Unit]:
    """Return the writes of *group* that are done by themselves, in their order."""
    return [pending for pending in group if isinstance(pending, Unit)]


async def carry_out(group: Sequence[Pending], apply: Callable[[Work[Any]], Coroutine[Any, Any, Any]]) -> None:
    """
    Do the writes of *group*, and let each keep what became of it: first those that are done in one go.

    Args:
        apply: Does a unit of work and returns its result or, once its changes are taken back, its error.
    """
    for items in _joint(group):
        await _carry_out_joint(items, apply)
    for unit in units(group):
        unit.take(await apply(unit.work))


def _joint(group: Sequence[Pending]) -> list[list[Item]]:
    """Return the writes of *group* that are done in one go, those of one work together, in their order."""
    by_work: dict[Any, list[Item]] = {}
    for pending in group:
        if isinstance(pending, Item):
            by_work.setdefault(pending.work, []).append(pending)
    return list(by_work.values())


async def _carry_out_joint(items: list[Item], apply: Callable[[Work[Any]], Coroutine[Any, Any, Any]]) -> None:
    """Do the work of *items* in one go; if that fails, do it for each by itself, so that only the cause fails."""
    work = items[0].work
    outcomes = await apply(lambda connection: work(connection, [item.item for item in items]))
    if not isinstance(outcomes, Exception):
        for item, outcome in zip(items, outcomes, strict=True):
            item.take(outcome)
    elif len(items) == 1:
        items[0].take(outcomes)
    else:
        for item in items:
            await _carry_out_joint([item], apply)


class WriteQueue:
    """
    The writes that wait, and one task that hands them on in groups, the next when the last is safe on disk.

    Args:
        commit: Carries a group out in one transaction and gives each write its result or error. It raises nothing.
    """

    def __init__(self, commit: Callable[[list[Pending]], Coroutine[Any, Any, None]]) -> None:
        self._commit = commit
        self._waiting: deque[Pending] = deque()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    async def submit(self, pending: Callable[[asyncio.Future[T]], Pending]) -> T:
        """
        Let a write wait for its turn; return when it is safe on disk.

        Raises:
            Busy: As many writes wait as may, or the server is stopping.
        """
        if self._stopping:
            raise Busy(Sentence("The server is stopping. Try again in a moment."))
        if len(self._waiting) >= WAITING_WRITES:
            raise Busy(Sentence("%(most)s changes are waiting already. Try again in a second.", most=WAITING_WRITES))
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append(pending(future))
        if self._task is None:
            self._task = loop.create_task(self._serve())
        return await future

    async def stop(self) -> None:
        """Take no more writes, and return when those that wait are safe on disk."""
        self._stopping = True
        if self._task is not None:
            await self._task

    async def _serve(self) -> None:
        """Commit group after group until nothing waits."""
        try:
            while self._waiting:
                # Those who were just answered, and those whose requests have just come, shall not miss this group.
                for _ in range(_ROUNDS):
                    await asyncio.sleep(0)
                group = [self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP_SIZE))]
                await self._commit(group)
                for pending in group:
                    pending.answer()
        finally:
            self._task = None

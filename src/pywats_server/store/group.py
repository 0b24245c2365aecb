"""What waits for a writer, and how it is sorted into one transaction, whichever database the writer is of."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from pywats_server.errors import Busy
from pywats_server.store.database import Connection, JointWork

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


def joint(group: Sequence[Pending]) -> list[list[Item]]:
    """Return the writes of *group* that are done in one go, those of one work together, in their order."""
    by_work: dict[Any, list[Item]] = {}
    for pending in group:
        if isinstance(pending, Item):
            by_work.setdefault(pending.work, []).append(pending)
    return list(by_work.values())


def stopping() -> Busy:
    """Return the error for a write that comes when the writer is about to end."""
    return Busy("The server is stopping. Try again in a moment.")


def too_many() -> Busy:
    """Return the error for a write that comes when as many wait as may."""
    return Busy(f"{WAITING_WRITES} changes are waiting already. Try again in a second.")

"""Answers that take long and that everybody may share for a while: each is worked out once for all who ask."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from pywats_server.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """An answer, and the moment from which on changes may be missing in it."""

    answer: T
    at: datetime


@dataclass(frozen=True, slots=True)
class _Asked:
    at: datetime
    answer: asyncio.Task[Any]

    def serves(self, now: datetime, within: timedelta) -> bool:
        """Return whether the answer is recent enough, or will be when it is there."""
        has_failed = self.answer.done() and (self.answer.cancelled() or self.answer.exception() is not None)
        # A clock that was put back must not keep an answer for long.
        return not has_failed and timedelta(0) <= now - self.at <= within


class Recent:
    """The latest answer to each of a few questions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[Hashable, _Asked] = {}

    async def tell(self, question: Hashable, within: timedelta, work: Callable[[], Coroutine[Any, Any, T]]) -> Told[T]:
        """
        Return the answer to *question*, which *work* finds; one that was asked for at most *within* ago serves.

        Who asks meanwhile waits for the same answer, and gets the same error. Errors are not kept.
        """
        now = self._clock()
        asked = self._asked.get(question)
        if asked is None or not asked.serves(now, within):
            asked = self._asked[question] = _Asked(now, asyncio.create_task(work()))
        # A caller that goes away does not take the others' answer along.
        return Told(await asyncio.shield(asked.answer), asked.at)

    def forget(self) -> None:
        """Answer every question anew from now on. Who waits for an answer already gets that."""
        self._asked = {}

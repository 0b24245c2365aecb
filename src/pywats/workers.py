"""Worker threads for calls from inside an event loop."""

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


class Workers(Executor):
    """
    An executor that makes its threads when a call comes: the first, one after `shutdown`, or one in a forked child.

    A child has none of its parent's threads, but would inherit the belief that they wait for work.

    Args:
        most: Calls that may be under way at a time; further ones wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: tuple[int, ThreadPoolExecutor] | None = None

    def submit(self, call: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Make the *call* on a worker."""
        return self._threads().submit(call, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads once they have done what was submitted."""
        made, self._made = self._made, None
        if made is not None and made[0] == os.getpid():
            made[1].shutdown(wait, cancel_futures=cancel_futures)

    def _threads(self) -> ThreadPoolExecutor:
        made = self._made
        # Should two threads come here at once, the pool that loses ends when its call is done. A lock would be
        # inherited by a child, perhaps as one that nobody opens.
        if made is None or made[0] != os.getpid():
            self._made = made = os.getpid(), ThreadPoolExecutor(self._most, "pywats")
        return made[1]

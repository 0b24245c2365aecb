"""The thread that delivers in the background."""

import logging
import threading
from collections.abc import Callable

from pywats.config import RetryConfig
from pywats.errors import PyWATSError
from pywats.http.retry import CHANCE, backoff
from pywats.outbox.entries import Flushed

PATIENCE = RetryConfig(base_delay=1.0, max_delay=30.0)
"""How long the courier waits between two attempts to reach the server."""

CLOSING_SECONDS = 2.0
"""How long the end of a client waits for a call that is under way. It stays in the file, and is delivered again."""

log = logging.getLogger("pywats")


class Courier:
    """
    Delivers whenever there is something to deliver, and the server can be reached.

    Args:
        deliver: Delivers all that waits until it is told to stop; None when somebody else does.
        at_end: Is called when the thread ends.
    """

    def __init__(self, deliver: Callable[[Callable[[], bool]], Flushed | None], at_end: Callable[[], None]) -> None:
        self._deliver = deliver
        self._at_end = at_end
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def wake(self) -> None:
        """Tell that there is something; the first time starts the thread."""
        self._work.set()
        with self._starting:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="pywats-outbox", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread, or leave it to end by itself when it waits for an answer that takes long."""
        with self._starting:
            self._stopping.set()
        self._work.set()
        if self._thread is None:
            self._at_end()
        elif self._thread is not threading.current_thread():
            self._thread.join(CLOSING_SECONDS)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._work.clear()
            failures = 0 if self._try() else failures + 1
            if failures:
                self._stopping.wait(backoff(PATIENCE, failures, CHANCE.random()))
            else:
                self._work.wait()
        self._at_end()

    def _try(self) -> bool:
        """Whether nothing waits any more."""
        try:
            done = self._deliver(self._stopping.is_set)
        except PyWATSError as error:
            log.warning("outbox: %s", error)
            return False
        if done is None:
            return False
        _tell(done)
        return done.error is None


def _tell(done: Flushed) -> None:
    if done.delivered:
        log.info("outbox: delivered %d", done.delivered)
    if done.refused or done.uncertain:
        log.warning("outbox: %d refused, %d uncertain; they are kept", done.refused, done.uncertain)
    if done.error:
        log.info("outbox: %d waiting: %s", done.waiting, done.error)

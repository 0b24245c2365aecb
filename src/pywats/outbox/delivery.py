"""Takes what waits in a file to the server, in order. Nothing is sent that could count twice."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from pywats.errors import ErrorHandler, PyWATSError, TransportError
from pywats.http.request import Request, Response
from pywats.outbox.entries import Attempt, Entry, Flushed, State
from pywats.outbox.file import OutboxFile
from pywats.outbox.rules import after_answer, after_fault, doubtful, may_send

LEASE_SECONDS = 15.0
"""How long a process that has died keeps others from delivering."""

GROUP = 100
"""Calls that are marked, and later forgotten, by one write to the disk."""

TAKEN_OVER = "Another process has taken over"

Stopped = Callable[[], bool]
Progress = Callable[[Flushed], None]


@dataclass(slots=True)
class Batch:
    """A group of entries while it is delivered: those that are done, those that changed, and those not sent yet."""

    left: deque[Entry]
    changed: list[Entry]
    delivered: list[Entry] = field(default_factory=list)

    @property
    def held_up(self) -> Entry | None:
        """The entry that was sent in vain, and is to be sent again before any other."""
        return self.changed[-1] if self.changed and self.changed[-1].state is State.WAITING else None


class Delivery:
    """
    One deliverer of a file. Of all that there are, in this process and in others, one works at a time.

    Args:
        file: What waits.
        server: Base URL of the server; the file must hold calls to no other.
        owner: The name of the token that *send* shows.
        send: Sends a request once, and raises what `Transport.send` raises.
        ask_lifetime: Asks the server for how many seconds it remembers keys; None when it does not.
    """

    def __init__(
        self,
        file: OutboxFile,
        server: str,
        owner: str,
        send: Callable[[Request], Response],
        ask_lifetime: Callable[[], float | None],
    ) -> None:
        self._file = file
        self._server = server
        self._owner = owner
        self._send = send
        self._ask_lifetime = ask_lifetime
        self._holder = str(uuid4())
        self._lock = threading.Lock()
        self._errors = ErrorHandler()

    def deliver(self, stopped: Stopped, progress: Progress) -> Flushed | None:
        """
        What was done until nothing waited any more, the server could not be reached, or *stopped* said so.

        None when somebody else delivers at this moment.

        Args:
            progress: Is told after each group what has been done so far.
        """
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._deliver_alone(stopped, progress)
        finally:
            self._lock.release()

    def _deliver_alone(self, stopped: Stopped, progress: Progress) -> Flushed | None:
        if not self._file.waits():
            return Flushed()
        self._file.check_server(self._server)
        # Asking first keeps entries from being marked as sent when there is nobody to receive them.
        try:
            lifetime = self._ask_lifetime()
        except PyWATSError as fault:
            return Flushed(waiting=self._file.count(State.WAITING), error=str(fault))
        if not self._file.lease(self._holder, LEASE_SECONDS):
            return None
        try:
            return self._deliver_groups(lifetime, stopped, progress)
        finally:
            self._file.release(self._holder)

    def _deliver_groups(self, lifetime: float | None, stopped: Stopped, progress: Progress) -> Flushed:
        done = Flushed()
        # Where a repeat may count twice, no call is marked as sent before the one ahead of it is done.
        most = 1 if lifetime is None else GROUP
        while done.error is None and not stopped():
            group = self._file.entries(State.WAITING, most=most)
            if not group:
                break
            done = self._added(done, self._deliver_group(group, lifetime, stopped))
            progress(done)
        return replace(done, waiting=self._file.count(State.WAITING))

    def _deliver_group(self, group: Sequence[Entry], lifetime: float | None, stopped: Stopped) -> Batch | None:
        """What became of the *group*; None when the lease was lost."""
        attempt = self._attempt()
        sendable = [entry for entry in group if may_send(entry, lifetime, attempt)]
        batch = Batch(deque(sendable), [doubtful(entry) for entry in group if not may_send(entry, lifetime, attempt)])
        if not self._file.attempt(self._holder, LEASE_SECONDS, sendable, attempt):
            return None
        try:
            while batch.left and not batch.held_up and not stopped() and not self._is_long_since(attempt):
                self._send_next(batch)
        finally:
            # What is neither here nor there was under way when this was interrupted, and stays marked as sent.
            self._file.settle(self._holder, batch.delivered, [*batch.changed, *batch.left])
        return batch

    def _send_next(self, batch: Batch) -> None:
        entry = batch.left.popleft()
        after = self._sent(entry)
        if after is None:
            batch.delivered.append(entry)
        else:
            batch.changed.append(after)

    def _sent(self, entry: Entry) -> Entry | None:
        """None once *entry* is delivered; else what it has become."""
        try:
            response = self._send(entry.request)
        except TransportError as fault:
            return after_fault(entry, fault.message, self._attempt(), may_have_arrived=fault.may_have_arrived)
        words = "" if response.status < 300 else self._errors.error(response, entry.request.method).message
        return after_answer(entry, response.status, words, self._attempt())

    def _attempt(self) -> Attempt:
        return Attempt(self._file.clock(), self._owner)

    def _is_long_since(self, attempt: Attempt) -> bool:
        """Whether it is time to renew the lease."""
        return self._file.clock() - attempt.at > LEASE_SECONDS / 2

    def _added(self, done: Flushed, batch: Batch | None) -> Flushed:
        if batch is None:
            return replace(done, error=TAKEN_OVER)
        states = [entry.state for entry in batch.changed]
        return Flushed(
            delivered=done.delivered + len(batch.delivered),
            refused=done.refused + states.count(State.REFUSED),
            uncertain=done.uncertain + states.count(State.UNCERTAIN),
            waiting=self._file.count(State.WAITING),
            error=batch.held_up.error if batch.held_up else None,
        )

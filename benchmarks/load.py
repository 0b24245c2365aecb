"""
The load generator: callers that each send the next request as soon as they have the answer to the last one.

It runs in a process of its own and does as little as possible for each request, so that the server is the limit.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import cast

import uvloop

CONNECTIONS = 32
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What to send, and for how long.

    Args:
        address: Host and port.
        requests: Complete requests, sent in this order, again and again.
        seconds: How long is measured, after *warm_up* seconds that are not; longer if no answer came until then.
        keyed: Send each with an Idempotency-Key of its own; the requests then end where headers may follow.
    """

    address: tuple[str, int]
    requests: Sequence[bytes]
    connections: int = CONNECTIONS
    seconds: float = 5.0
    warm_up: float = 0.5
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """
    What came of a plan.

    Attributes:
        rate: Good answers a second.
        p50_ms, p99_ms: How long half of the answers, and all but one in a hundred, took at most.
        errors: Answers with a status other than 2xx, and lost connections.
        first_error: The beginning of the first of them.
        cpu_seconds: Computing time of the generator itself, for *answers* of either kind.
        sent: Requests sent in all, those of the warm-up too.
        server_cpu_us: Computing time of the server for each of these, in microseconds; who knows the server adds it.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    answers: int
    errors: int
    first_error: str
    cpu_seconds: float
    sent: int
    server_cpu_us: float = 0


def request(method: str, target: str, token: str, body: bytes = b"", *, open_end: bool = False) -> bytes:
    """Return a complete request, or one without its last line so that headers may follow (*open_end*)."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", f"Authorization: Basic {token}"]
    if body or method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    head = "".join(f"{line}\r\n" for line in lines).encode()
    return head if open_end else head + b"\r\n" + body


def generators(count: int = 1) -> ProcessPoolExecutor:
    """Return processes that can each `carry_out` a plan, and have all started."""
    context = get_context("spawn")
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=context.Barrier(count).wait)
    list(executor.map(time.sleep, [0] * count))
    return executor


def carry_out(plan: Plan) -> Load:
    """Send what *plan* says from this process and return what came of it."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Run(plan).carry_out())


class _Run:
    """One plan while it is carried out."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._requests = _requests(plan)
        self._times: list[float] = []
        self._errors: list[bytes] = []
        self._callers = self._sent = 0
        self._from = self._until = self._last = 0.0
        self._cpu_from = 0.0
        self._ended = asyncio.Event()

    async def carry_out(self) -> Load:
        loop = asyncio.get_running_loop()
        self._from = time.perf_counter() + self._plan.warm_up
        self._until = self._from + self._plan.seconds
        loop.call_later(self._plan.warm_up, self._note_cpu)
        self._callers = self._plan.connections
        for _ in range(self._plan.connections):
            await loop.create_connection(lambda: _Caller(self), *self._plan.address)
        await self._ended.wait()
        return self._load(time.process_time() - self._cpu_from)

    def _note_cpu(self) -> None:
        self._cpu_from = time.process_time()

    def next_request(self) -> bytes | None:
        """Return what to send next; None when the time is over."""
        if time.perf_counter() >= self._until:
            return None
        self._sent += 1
        return next(self._requests)

    def answered(self, sent_at: float, answer: bytes | bytearray) -> None:
        """Take note of an answer to what was sent at *sent_at*."""
        now = time.perf_counter()
        if not answer.startswith(b"HTTP/1.1 2"):
            self._errors.append(bytes(answer[:1000]))
        elif self._from <= now and (now < self._until or not self._times):
            self._times.append(now - sent_at)
            self._last = now

    def lost(self, error: bytes | None) -> None:
        """Take note of a connection that ended, before its time if there is an *error*."""
        if error is not None:
            self._errors.append(error)
        self._callers -= 1
        if self._callers == 0:
            self._ended.set()

    def _load(self, cpu_seconds: float) -> Load:
        times = sorted(self._times) or [0.0]
        return Load(
            rate=len(self._times) / (max(self._until, self._last) - self._from),
            p50_ms=1000 * times[len(times) // 2],
            p99_ms=1000 * times[len(times) * 99 // 100],
            answers=len(self._times) + len(self._errors),
            errors=len(self._errors),
            first_error=self._errors[0].decode(errors="replace") if self._errors else "",
            cpu_seconds=cpu_seconds,
            sent=self._sent,
        )


def _requests(plan: Plan) -> Iterator[bytes]:
    endless = itertools.cycle(plan.requests)
    if not plan.keyed:
        return endless
    run = time.time_ns()
    return (b"%bIdempotency-Key: %d-%d\r\n\r\n" % (head, run, number) for number, head in enumerate(endless))


class _Caller(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._answer = bytearray()
        self._sent_at = 0.0
        self._is_done = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The transports of uvloop are none by their class.
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def _send(self) -> None:
        request = self._run.next_request()
        if request is None:
            self._is_done = True
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes | bytearray) -> None:
        if self._answer:
            self._answer += data
            data = self._answer
        if is_complete(data):
            self._run.answered(self._sent_at, data)
            self._answer = bytearray()
            self._send()
        elif not self._answer:
            self._answer = bytearray(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature of a protocol
        self._run.lost(None if self._is_done else b"the connection was lost")


def is_complete(answer: bytes | bytearray) -> bool:
    """Whether this is a whole HTTP answer, whose length is told ahead or which comes in chunks of text."""
    head_end = answer.find(_HEAD_END)
    if head_end < 0:
        return False
    at = answer.find(_LENGTH, 0, head_end)
    if at < 0:
        # Only JSON comes in chunks here, and it holds no line ends.
        return answer.endswith(_LAST_CHUNK)
    length = int(answer[at + len(_LENGTH) : answer.index(b"\r\n", at)])
    return len(answer) == head_end + len(_HEAD_END) + length

"""Delivering: in groups, in order, by one at a time, and what a file holds when it is interrupted anywhere."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from client.fakes import FakeTransport, answer, config
from pywats.blocking import run
from pywats.errors import ConnectionError, PyWATSError
from pywats.http.client import HttpClient
from pywats.http.request import KEY_HEADER, Queued, Repeat, Request, Response
from pywats.outbox import courier
from pywats.outbox.async_outbox import AsyncOutbox
from pywats.outbox.courier import Courier
from pywats.outbox.delivery import GROUP, LEASE_SECONDS, TAKEN_OVER, Delivery
from pywats.outbox.entries import Attempt, Entry, Flushed, State
from pywats.outbox.file import OutboxFile
from pywats.outbox.rules import MOST_FAILURES
from pywats.outbox.sender import KeepingSender, dated

SERVER = "http://wats.test"
WEEK = 7 * 86400.0
GONE = ConnectionError("gone", may_have_arrived=False)
LOST = ConnectionError("lost", may_have_arrived=True)


class Clock:
    """Seconds that stand until a test moves them."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> OutboxFile:
    """An empty outbox."""
    return OutboxFile(tmp_path / "outbox.db", clock=Clock())


class Server:
    """What a delivery sends to: it takes note, and answers by a function of the key."""

    def __init__(self, answered: Callable[[str], Response] = lambda key: Response(200)) -> None:
        self.answered = answered
        self.seen: list[str] = []

    def __call__(self, request: Request) -> Response:
        self.seen.append(request.headers[KEY_HEADER])
        return self.answered(self.seen[-1])


def put(file: OutboxFile, *keys: str, attempted: float | None = None) -> None:
    """Keep counts with these keys."""
    for key in keys:
        file.put(
            Request("PUT", "/api/Asset/Count", {KEY_HEADER: key}),
            SERVER,
            None if attempted is None else Attempt(attempted, "me"),
        )


def deliver(
    file: OutboxFile,
    server: Server,
    lifetime: float | None = WEEK,
    stopped: Callable[[], bool] = lambda: False,
    told: list[Flushed] | None = None,
) -> Flushed | None:
    """Deliver what is in *file* to a server that remembers keys for *lifetime* seconds."""
    heard: list[Flushed] = [] if told is None else told
    return Delivery(file, SERVER, "me", server, lambda: lifetime).deliver(stopped, heard.append)


def marks(file: OutboxFile) -> dict[str, bool]:
    """Whether each entry is marked as one that may have arrived."""
    return {entry.key: entry.attempted is not None for entry in file.entries()}


def failing(*keys: str, status: int = 404) -> Callable[[str], Response]:
    """Answers that refuse some keys."""
    return lambda key: answer({"message": f"no {key}"}, status) if key in keys else Response(200)


def raising(error: BaseException, *keys: str) -> Callable[[str], Response]:
    """Answers that never come for some keys."""

    def answered(key: str) -> Response:
        if key in keys:
            raise error
        return Response(200)

    return answered


def test_everything_is_delivered_in_order_and_told_group_by_group(file: OutboxFile) -> None:
    keys = [str(number) for number in range(GROUP + 50)]
    put(file, *keys)
    server, told = Server(), list[Flushed]()
    assert deliver(file, server, told=told) == Flushed(delivered=GROUP + 50)
    assert server.seen == keys
    assert told == [Flushed(delivered=GROUP, waiting=50), Flushed(delivered=GROUP + 50)]


def test_nothing_to_deliver_asks_nobody(file: OutboxFile) -> None:
    def ask() -> float:
        raise AssertionError("nobody has to be asked")

    assert Delivery(file, SERVER, "me", Server(), ask).deliver(lambda: False, lambda _: None) == Flushed()


def test_server_that_cannot_be_asked_leaves_everything_as_it_is(file: OutboxFile) -> None:
    put(file, "a")

    def ask() -> float:
        raise GONE

    told = Delivery(file, SERVER, "me", Server(), ask).deliver(lambda: False, lambda _: None)
    assert told == Flushed(waiting=1, error="gone")
    assert marks(file) == {"a": False}
    assert file.lease("another", 10)


@pytest.mark.parametrize(("fault", "mark"), [(GONE, False), (LOST, True)], ids=["gone", "lost"])
def test_fault_keeps_order_and_marks_only_what_may_have_arrived(
    file: OutboxFile, fault: ConnectionError, mark: bool
) -> None:
    put(file, "a", "b", "c")
    server = Server(raising(fault, "b"))
    assert deliver(file, server) == Flushed(delivered=1, waiting=2, error=fault.message)
    assert server.seen == ["a", "b"]
    assert marks(file) == {"b": mark, "c": False}


def test_refused_entry_is_set_aside_and_others_follow(file: OutboxFile) -> None:
    put(file, "a", "b", "c")
    assert deliver(file, Server(failing("b"))) == Flushed(delivered=2, refused=1)
    [entry] = file.entries()
    assert (entry.state, entry.error) == (State.REFUSED, "no b")


def test_entry_on_which_the_server_fails_holds_others_up_only_for_a_while(file: OutboxFile) -> None:
    put(file, "bad", "good")
    server = Server(failing("bad", status=500))
    for _ in range(MOST_FAILURES - 1):
        assert deliver(file, server) == Flushed(waiting=2, error="no bad")
    assert deliver(file, server) == Flushed(delivered=1, refused=1)


def test_server_without_keys_gets_one_after_another(file: OutboxFile) -> None:
    put(file, "a", "b", "c")
    seen: list[dict[str, bool]] = []
    server = Server(lambda key: seen.append(marks(file)) or Response(200))
    assert deliver(file, server, lifetime=None) == Flushed(delivered=3)
    assert seen[0] == {"a": True, "b": False, "c": False}


@pytest.mark.parametrize(
    ("lifetime", "age", "uncertain"),
    [(None, 0, 1), (WEEK, WEEK, 1), (WEEK, WEEK / 2, 0)],
    ids=["no-keys", "forgotten", "known"],
)
def test_what_may_have_arrived_is_sent_again_only_where_its_key_is_known(
    file: OutboxFile, lifetime: float | None, age: float, uncertain: int
) -> None:
    put(file, "old", attempted=Clock.now - age)
    put(file, "new")
    server = Server()
    assert deliver(file, server, lifetime) == Flushed(delivered=2 - uncertain, uncertain=uncertain)
    assert server.seen == (["new"] if uncertain else ["old", "new"])
    assert [entry.key for entry in file.entries(State.UNCERTAIN)] == ["old"] * uncertain


def test_interruption_leaves_marked_only_what_was_under_way(file: OutboxFile) -> None:
    put(file, "a", "b", "c")
    with pytest.raises(KeyboardInterrupt):
        deliver(file, Server(raising(KeyboardInterrupt(), "b")))
    assert marks(file) == {"b": True, "c": False}
    assert file.lease("another", 10)


def test_delivery_that_is_told_to_stop_ends_between_two_calls(file: OutboxFile) -> None:
    put(file, "a", "b", "c")
    server = Server()
    told = deliver(file, server, stopped=lambda: len(server.seen) >= 2)
    assert told == Flushed(delivered=2, waiting=1)
    assert marks(file) == {"c": False}


def test_only_one_delivers_at_a_time(file: OutboxFile) -> None:
    put(file, "a")
    assert file.lease("another", LEASE_SECONDS)
    assert deliver(file, Server()) is None


def test_delivery_whose_lease_was_taken_over_ends(file: OutboxFile) -> None:
    put(file, *(str(number) for number in range(GROUP + 1)))

    def take_over(told: Flushed) -> None:
        file.clock.now += LEASE_SECONDS  # type: ignore[attr-defined]
        assert file.lease("another", LEASE_SECONDS)

    told = Delivery(file, SERVER, "me", Server(), lambda: WEEK).deliver(lambda: False, take_over)
    assert told == Flushed(delivered=GROUP, waiting=1, error=TAKEN_OVER)


# In the background


def test_courier_delivers_when_it_is_told_and_ends_when_it_is_told() -> None:
    called, ended = threading.Semaphore(0), threading.Event()
    running = Courier(lambda stopped: called.release() or Flushed(), ended.set)
    for _ in range(3):
        running.wake()
        assert called.acquire(timeout=30)
    running.stop()
    assert ended.is_set()
    running.wake()
    assert not called.acquire(blocking=False)


@pytest.mark.parametrize(
    "outcome", [PyWATSError("disk is full"), None, Flushed(waiting=1, error="away")], ids=["error", "other", "away"]
)
def test_courier_tries_again_after_a_while(monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
    monkeypatch.setattr(courier, "backoff", lambda config, failures, chance: 0.0)
    results, done = iter([outcome, outcome, Flushed()]), threading.Event()

    def act(stopped: Callable[[], bool]) -> Flushed | None:
        result = next(results)
        if result == Flushed():
            done.set()
        if isinstance(result, Exception):
            raise result
        return result

    running = Courier(act, lambda: None)
    running.wake()
    assert done.wait(30)
    running.stop()


def test_courier_that_was_never_needed_starts_no_thread() -> None:
    ended = threading.Event()
    Courier(lambda stopped: Flushed(), ended.set).stop()
    assert ended.is_set()


def test_courier_is_not_waited_for_while_an_answer_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "CLOSING_SECONDS", 0.0)
    begun, answered, ended = threading.Event(), threading.Event(), threading.Event()

    def act(stopped: Callable[[], bool]) -> Flushed:
        begun.set()
        assert answered.wait(30)
        return Flushed()

    running = Courier(act, ended.set)
    running.wake()
    assert begun.wait(30)
    running.stop()
    assert not ended.is_set()
    answered.set()
    assert ended.wait(30)


# What is handed over


NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
COUNT = Request("PUT", "/api/Asset/Count?id=a", {KEY_HEADER: "k"}, queueable=True)


def keeping(file: OutboxFile, answers: Sequence[Response | Exception]) -> tuple[KeepingSender, AsyncOutbox]:
    """A sender whose outbox itself reaches nobody."""
    outbox = AsyncOutbox(file, HttpClient(config(), FakeTransport(GONE)))
    return KeepingSender(HttpClient(config(), FakeTransport(*answers)), outbox, lambda: NOON), outbox


@pytest.mark.parametrize(
    ("outcome", "mark"),
    [(GONE, False), (LOST, True), (Response(502), True), (Response(503), True), (Response(504), True)],
    ids=["gone", "lost", "502", "503", "504"],
)
def test_sender_keeps_what_cannot_be_sent(file: OutboxFile, outcome: Response | Exception, mark: bool) -> None:
    sender, outbox = keeping(file, [outcome])
    response = run(sender.send(COUNT))
    assert (response.status, response.queued) == (202, Queued("k", 1))
    assert marks(file) == {"k": mark}
    run(outbox.close())


@pytest.mark.parametrize("status", [200, 400, 401, 404, 409, 500])
def test_sender_keeps_nothing_that_was_answered(file: OutboxFile, status: int) -> None:
    sender, outbox = keeping(file, [Response(status)])
    assert run(sender.send(COUNT)).status == status
    assert file.entries() == []
    run(outbox.close())


def test_sender_keeps_nothing_that_time_does_not_help(file: OutboxFile) -> None:
    sender, outbox = keeping(file, [ConnectionError("no such certificate", may_have_arrived=False, permanent=True)])
    with pytest.raises(ConnectionError, match="certificate"):
        run(sender.send(COUNT))
    assert file.entries() == []
    run(outbox.close())


@pytest.mark.parametrize(
    ("url", "dated_by", "sent"),
    [
        ("/a", None, "/a"),
        ("/a", "dateTime", "/a?dateTime=2026-03-10T12%3A00%3A00Z"),
        ("/a?id=1", "fromDate", "/a?id=1&fromDate=2026-03-10T12%3A00%3A00Z"),
    ],
)
def test_request_that_may_be_delivered_later_tells_its_time(url: str, dated_by: str | None, sent: str) -> None:
    assert dated(Request("POST", url, dated_by=dated_by), NOON) == Request("POST", sent)


def test_entry_is_repeatable_when_it_never_left_or_does_the_same_as_once() -> None:
    made = [
        Entry("k", 1, State.WAITING, SERVER, Request("PUT", "/", repeat=repeat), 1.0, attempted)
        for repeat in (Repeat.KEYED, Repeat.SAFE)
        for attempted in (None, Attempt(1.0, "me"))
    ]
    assert [entry.repeatable for entry in made] == [True, False, True, True]

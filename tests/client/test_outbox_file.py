"""The file of an outbox: order, bounds, faults of the disk, and threads and processes that share it."""

import multiprocessing
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from pywats.errors import OutboxError, OutboxFullError
from pywats.http.request import KEY_HEADER, Queued, Repeat, Request
from pywats.outbox.entries import Attempt, Entry, State
from pywats.outbox.file import OutboxFile

SERVER = "http://wats.test"
ATTEMPT = Attempt(5.0, "me")


class Clock:
    """Seconds that stand until a test moves them."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where there is no file yet."""
    return tmp_path / "outbox.db"


@pytest.fixture
def file(path: Path, clock: Clock) -> OutboxFile:
    """An empty outbox."""
    return OutboxFile(path, clock=clock)


def request(key: str, body: bytes | None = None) -> Request:
    """A count."""
    return Request("PUT", f"/api/Asset/Count?serialNumber={key}", {KEY_HEADER: key, "X-A": "æ"}, body, Repeat.KEYED)


def put(file: OutboxFile, *keys: str) -> list[Queued]:
    """Keep counts with these keys."""
    return [file.put(request(key), SERVER) for key in keys]


def put_all(file: OutboxFile, requests: Iterable[Request]) -> None:
    """Keep *requests*."""
    for each in requests:
        file.put(each, SERVER)


def keys(file: OutboxFile, *states: State) -> list[str]:
    """The keys of entries."""
    return [entry.key for entry in file.entries(*states)]


def settled(file: OutboxFile, key: str, state: State) -> None:
    """Let the entry *key* be in *state*."""
    [entry] = [entry for entry in file.entries() if entry.key == key]
    assert file.lease("me", 10)
    file.settle("me", [], [replace(entry, state=state, error="why", attempts=1)])


def test_entry_comes_out_as_it_went_in(file: OutboxFile, clock: Clock) -> None:
    sent = replace(request("k", b"\x00body"), queueable=True)
    queued = file.put(sent, SERVER, attempted=ATTEMPT)
    expected = Entry("k", 1, State.WAITING, SERVER, replace(sent, queueable=False), clock.now, ATTEMPT)
    assert queued == Queued("k", 1)
    assert file.entries() == [expected]


def test_entries_come_out_in_order_and_survive_the_process(file: OutboxFile, path: Path) -> None:
    put(file, "c", "a", "b")
    assert keys(file) == ["c", "a", "b"]
    file.close()
    assert keys(OutboxFile(path)) == ["c", "a", "b"]
    assert [entry.key for entry in file.entries(State.WAITING, most=2)] == ["c", "a"]


def test_only_waiting_entries_wait(file: OutboxFile) -> None:
    assert not file.waits()
    put(file, "a", "b")
    assert file.waits()
    settled(file, "a", State.REFUSED)
    settled(file, "b", State.UNCERTAIN)
    assert not file.waits()
    assert [file.count(state) for state in State] == [0, 1, 1]
    assert (keys(file, State.REFUSED), keys(file, State.UNCERTAIN)) == (["a"], ["b"])


def test_delivered_entries_are_forgotten_and_their_places_are_not_used_again(file: OutboxFile) -> None:
    put(file, "a", "b")
    file.settle("me", file.entries(), [])
    assert file.entries() == []
    assert put(file, "c") == [Queued("c", 3)]


def test_entry_that_was_discarded_meanwhile_stays_away(file: OutboxFile) -> None:
    put(file, "a")
    [entry] = file.entries()
    assert file.discard("a")
    assert not file.discard("a")
    assert file.lease("me", 10)
    file.settle("me", [], [entry])
    assert file.entries() == []


def test_retried_entry_is_a_new_call_behind_all_others(file: OutboxFile, clock: Clock) -> None:
    put(file, "a", "b")
    settled(file, "a", State.REFUSED)
    clock.now += 60
    assert file.retry("a", "new") == Queued("new", 3)
    assert keys(file, State.WAITING) == ["b", "new"]
    again = file.entries()[1]
    assert (again.request.key, again.made, again.attempted, again.error) == ("new", clock.now - 60, None, None)


@pytest.mark.parametrize("key", ["a", "missing"])
def test_what_waits_or_is_not_there_cannot_be_retried(file: OutboxFile, key: str) -> None:
    put(file, "a")
    assert file.retry(key, "new") is None
    assert keys(file) == ["a"]


def test_marks_are_made_once(file: OutboxFile) -> None:
    put(file, "a")
    assert file.attempt("me", 10, file.entries(), ATTEMPT)
    assert file.attempt("me", 10, file.entries(), Attempt(6.0, "you"))
    assert [entry.attempted for entry in file.entries()] == [ATTEMPT]


# One deliverer at a time


def test_lease_is_held_by_one_until_it_is_released(file: OutboxFile, path: Path, clock: Clock) -> None:
    other = OutboxFile(path, clock=clock)
    assert file.lease("me", 10)
    assert file.lease("me", 10)
    assert not other.lease("you", 10)
    other.release("you")
    assert not other.lease("you", 10)
    file.release("me")
    assert other.lease("you", 10)


@pytest.mark.parametrize("seconds", [10, -1000], ids=["run-out", "clock-was-set-back"])
def test_lease_of_one_that_died_is_taken_over(file: OutboxFile, clock: Clock, seconds: float) -> None:
    put(file, "a")
    assert file.lease("dead", 10)
    clock.now += seconds
    assert file.lease("me", 10)
    assert not file.attempt("dead", 10, file.entries(), ATTEMPT)
    file.settle("dead", [], [replace(entry, attempted=ATTEMPT) for entry in file.entries()])
    assert [entry.attempted for entry in file.entries()] == [None]
    file.settle("dead", file.entries(), [])
    assert file.entries() == [], "what it delivered, it delivered"


# What can go wrong


def test_full_outbox_says_so_and_goes_on_when_there_is_room(path: Path) -> None:
    file = OutboxFile(path, most_bytes=200_000)
    big = b"x" * 60_000
    with pytest.raises(OutboxFullError, match=r"outbox.db' is full: it holds 200,000 bytes"):
        put_all(file, [request(str(number), big) for number in range(10)])
    kept = file.entries()
    assert 2 <= len(kept) <= 4
    assert file.attempt("me", 10, kept, ATTEMPT), "what is in a full outbox can still be delivered"
    file.settle("me", kept, [])
    assert file.put(request("again", big), SERVER)


def test_outbox_of_another_server_is_refused(file: OutboxFile) -> None:
    put(file, "a")
    with pytest.raises(OutboxError, match=r"holds calls to http://wats.test, and this client talks to http://other"):
        file.put(request("b"), "http://other")
    file.discard("a")
    assert file.put(request("b"), "http://other")


def _is_missing(path: Path) -> Path:
    return path / "missing" / "outbox.db"


def _is_no_database(path: Path) -> Path:
    (path / "outbox.db").write_text("This is no database. " * 100)
    return path / "outbox.db"


def _is_a_database_of_something_else(path: Path) -> Path:
    sqlite3.connect(path / "outbox.db").execute("CREATE TABLE asset (id)").connection.close()
    return path / "outbox.db"


def _is_a_folder(path: Path) -> Path:
    return path


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_is_missing, "unable to open database file; its folder must exist"),
        (_is_a_folder, "unable to open database file"),
        (_is_no_database, "file is not a database; name another file"),
        (_is_a_database_of_something_else, "is no outbox that this version can read"),
    ],
)
def test_file_that_cannot_be_used_is_named(tmp_path: Path, make: Callable[[Path], Path], why: str) -> None:
    path = make(tmp_path)
    with pytest.raises(OutboxError, match=why) as raised:
        OutboxFile(path)
    assert repr(str(path)) in str(raised.value)


def test_damaged_file_is_named(file: OutboxFile, path: Path) -> None:
    put(file, *(str(number) for number in range(200)))
    file.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 30_000)
    with pytest.raises(OutboxError, match=r"outbox.db' cannot be used: .*; move it away"):
        OutboxFile(path).entries()


# Threads and processes


def test_threads_share_a_file(file: OutboxFile) -> None:
    def work(name: int) -> None:
        put(file, *(f"{name}-{number}" for number in range(25)))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = keys(file)
    assert len(set(found)) == 200
    assert all([key for key in found if key.startswith(f"{name}-")][-1] == f"{name}-24" for name in range(8))


def _put_in_a_process(path: Path, name: int) -> None:
    put(OutboxFile(path), *(f"{name}-{number}" for number in range(20)))


def test_processes_share_a_file_that_none_has_made_before(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_put_in_a_process, args=(path, name)) for name in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(keys(OutboxFile(path))) == 60


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_forked_child_and_its_parent_go_on_with_the_same_object(file: OutboxFile) -> None:
    fork = multiprocessing.get_context("fork")
    put(file, "before")
    child = fork.Process(target=put, args=(file, "child"))
    child.start()
    put(file, "parent")
    child.join(60)
    assert child.exitcode == 0
    assert sorted(keys(file)) == ["before", "child", "parent"]

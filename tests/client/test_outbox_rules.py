"""What may be sent from an outbox, and what an answer means: a table each."""

from dataclasses import replace

import pytest

from pywats.http.request import Repeat, Request
from pywats.outbox.entries import Attempt, Entry, State
from pywats.outbox.rules import MARGIN, MOST_FAILURES, UNKNOWN, after_answer, after_fault, doubtful, may_send, owner

WEEK = 7 * 86400.0
MADE = 1_000_000.0


def attempt(at: float | None, by: str = "me") -> Attempt | None:
    """An attempt, if there was one."""
    return None if at is None else Attempt(at, by)


NOW = Attempt(7.0, "me")


def entry(attempted: float | None = None, repeat: Repeat = Repeat.KEYED, attempts: int = 0) -> Entry:
    """A count that was made at 1,000,000."""
    request = Request("PUT", "/api/Asset/Count?incrementBy=1", repeat=repeat)
    return Entry("k", 1, State.WAITING, "http://wats.test", request, MADE, attempt(attempted), attempts)


@pytest.mark.parametrize(
    ("attempted", "repeat", "lifetime", "now", "may"),
    [
        pytest.param(None, Repeat.KEYED, None, MADE + 9 * WEEK, True, id="never-left"),
        pytest.param(MADE, Repeat.SAFE, None, MADE + 9 * WEEK, True, id="same-as-once"),
        pytest.param(MADE, Repeat.KEYED, None, MADE, False, id="server-without-keys"),
        pytest.param(MADE, Repeat.KEYED, WEEK, MADE, True, id="key-is-known"),
        pytest.param(MADE, Repeat.KEYED, WEEK, MADE + WEEK - MARGIN - 1, True, id="key-is-still-known"),
        pytest.param(MADE, Repeat.KEYED, WEEK, MADE + WEEK - MARGIN, False, id="key-is-nearly-forgotten"),
        pytest.param(MADE, Repeat.KEYED, WEEK, MADE + 2 * WEEK, False, id="key-is-forgotten"),
        pytest.param(MADE, Repeat.KEYED, WEEK, MADE - 60, True, id="clock-was-set-right"),
        pytest.param(MADE, Repeat.KEYED, WEEK, MADE - WEEK, False, id="clock-is-wrong"),
        pytest.param(MADE, Repeat.KEYED, 60.0, MADE, False, id="server-forgets-at-once"),
    ],
)
def test_entry_is_sent_where_it_cannot_count_twice(
    attempted: float | None, repeat: Repeat, lifetime: float | None, now: float, may: bool
) -> None:
    assert may_send(entry(attempted, repeat), lifetime, Attempt(now, "me")) is may


def test_key_is_known_only_from_the_token_that_sent_it_first() -> None:
    assert may_send(entry(MADE), WEEK, Attempt(MADE, "me"))
    assert not may_send(entry(MADE), WEEK, Attempt(MADE, "you"))
    assert may_send(entry(), WEEK, Attempt(MADE, "you"))


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("bmFtZTpzZWNyZXQ=", "name"),
        ("bmFtZTpzZTpjcmV0", "name"),
        ("bm9jb2xvbg==", "3721a43c45add3bf"),
        ("no base64", "0eb3de99a7c80221"),
    ],
)
def test_owner_of_a_token_is_told_without_its_secret(token: str, name: str) -> None:
    assert owner(token) == name


def test_doubtful_entry_is_set_aside_with_the_reason() -> None:
    after = doubtful(entry(attempted=MADE))
    assert (after.state, after.error) == (State.UNCERTAIN, UNKNOWN)
    assert doubtful(replace(after, error="No answer in time")).error == f"No answer in time. {UNKNOWN}"


@pytest.mark.parametrize(("arrived", "before", "after"), [(True, None, 7.0), (False, None, None), (True, 3.0, 3.0)])
def test_fault_keeps_an_entry_waiting_and_remembers_when_it_may_first_have_arrived(
    arrived: bool, before: float | None, after: float | None
) -> None:
    found = after_fault(entry(before), "gone", NOW, may_have_arrived=arrived)
    assert (found.state, found.attempted, found.attempts, found.error) == (State.WAITING, attempt(after), 1, "gone")


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_leaves_no_entry(status: int) -> None:
    assert after_answer(entry(), status, "", NOW) is None


@pytest.mark.parametrize(
    ("status", "state", "attempted"),
    [
        (400, State.REFUSED, None),
        (403, State.REFUSED, None),
        (404, State.REFUSED, None),
        (409, State.REFUSED, None),
        (422, State.REFUSED, None),
        (301, State.WAITING, None),
        (401, State.WAITING, None),
        (407, State.WAITING, None),
        (429, State.WAITING, None),
        (408, State.WAITING, 7.0),
        (500, State.WAITING, 7.0),
        (502, State.WAITING, 7.0),
        (503, State.WAITING, 7.0),
        (504, State.WAITING, 7.0),
    ],
)
def test_failure_sets_aside_what_the_server_will_never_accept(
    status: int, state: State, attempted: float | None
) -> None:
    after = after_answer(entry(), status, "words", NOW)
    assert after is not None
    assert (after.state, after.attempted, after.error) == (state, attempt(attempted), "words")


def test_entry_on_which_the_server_always_fails_no_longer_holds_up_others() -> None:
    last = after_answer(entry(attempts=MOST_FAILURES - 1), 500, "broken", NOW)
    assert last is not None
    assert last.state is State.REFUSED


def test_server_that_is_away_for_long_holds_up_all_entries() -> None:
    after = after_answer(entry(attempts=1_000), 503, "away", NOW)
    assert after is not None
    assert after.state is State.WAITING

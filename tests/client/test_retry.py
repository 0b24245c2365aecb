"""When a request is sent again, and after how long."""

from datetime import UTC, datetime, timedelta

import pytest

from pywats.config import RetryConfig
from pywats.http.request import Repeat
from pywats.http.retry import (
    backoff,
    delay_after_answer,
    delay_after_fault,
    in_doubt_after_answer,
    key_lifetime,
    may_be_repeated,
    retry_after_seconds,
)

EXACT = RetryConfig(jitter=False)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("honours_keys", [None, True, False], ids=["not asked", "keys", "no keys"])
@pytest.mark.parametrize("in_doubt", [True, False], ids=["in doubt", "not done"])
@pytest.mark.parametrize("repeat", Repeat)
def test_request_is_repeated_unless_it_may_be_carried_out_twice(
    repeat: Repeat, in_doubt: bool, honours_keys: bool | None
) -> None:
    twice = repeat is Repeat.KEYED and in_doubt and honours_keys is False
    assert may_be_repeated(repeat, in_doubt=in_doubt, honours_keys=honours_keys) is not twice


@pytest.mark.parametrize(
    ("attempt", "permanent", "delay"),
    [(1, False, 1.0), (2, False, 2.0), (3, False, None), (1, True, None)],
    ids=["first", "second", "used up", "will not pass"],
)
def test_fault_is_waited_for_while_that_may_help(attempt: int, permanent: bool, delay: float | None) -> None:
    assert delay_after_fault(EXACT, attempt, permanent=permanent, chance=0.5) == delay


@pytest.mark.parametrize(
    ("status", "retry_after", "delay"),
    [
        (503, None, 1.0),
        (429, 5.0, 5.0),
        (503, 0.0, 0.0),
        (504, 30.0, 30.0),
        (503, 31.0, None),
        (500, None, None),
        (500, 1.0, None),
        (200, None, None),
        (404, None, None),
    ],
)
def test_answer_is_waited_for_only_where_that_may_help(
    status: int, retry_after: float | None, delay: float | None
) -> None:
    assert delay_after_answer(EXACT, 1, status=status, retry_after=retry_after, chance=0.5) == delay


@pytest.mark.parametrize(
    ("status", "after_certainty", "after_doubt"),
    [
        *((status, False, False) for status in (200, 302, 400, 404, 409, 412, 422, 501, 505, 507)),
        *((status, False, True) for status in (401, 403, 407, 408, 429)),
        *((status, True, True) for status in (500, 502, 503, 504, 520)),
    ],
)
def test_answer_tells_whether_the_request_was_carried_out(
    status: int, after_certainty: bool, after_doubt: bool
) -> None:
    assert in_doubt_after_answer(status, before=False) is after_certainty
    assert in_doubt_after_answer(status, before=True) is after_doubt


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (200, "604800", 604_800),
        (200, None, 0),
        (200, "a week", 0),
        (200, "²", 0),
        (404, None, 0),
        (405, None, 0),
        (401, None, None),
        (503, None, None),
        (302, None, None),
    ],
)
def test_answer_about_the_version_tells_how_long_keys_are_known(
    status: int, header: str | None, seconds: int | None
) -> None:
    assert key_lifetime(status, header) == seconds


def test_answer_stands_after_the_last_attempt() -> None:
    assert delay_after_answer(EXACT, 3, status=503, retry_after=None, chance=0) is None


def test_nothing_is_repeated_when_disabled() -> None:
    off = RetryConfig(enabled=False)
    assert delay_after_answer(off, 1, status=503, retry_after=None, chance=0) is None
    assert delay_after_fault(off, 1, permanent=False, chance=0) is None


@pytest.mark.parametrize(
    ("attempt", "chance", "jitter", "expected"),
    [
        (1, 0.0, False, 1.0),
        (4, 0.9, False, 8.0),
        (6, 0.9, False, 30.0),
        (10_000, 0.9, False, 30.0),
        (4, 0.0, True, 4.0),
        (4, 0.5, True, 6.0),
        (4, 1.0, True, 8.0),
    ],
)
def test_backoff_grows_up_to_its_bound_and_is_spread_over_its_upper_half(
    attempt: int, chance: float, jitter: bool, expected: float
) -> None:
    assert backoff(RetryConfig(jitter=jitter), attempt, chance) == expected


def test_wait_that_the_server_asks_for_is_spread_but_never_shortened() -> None:
    config = RetryConfig(base_delay=2.0)
    delays = [delay_after_answer(config, 1, status=429, retry_after=5.0, chance=c) for c in (0.0, 0.5)]
    assert delays == [5.0, 6.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


def test_retry_after_date_is_measured_from_now() -> None:
    assert retry_after_seconds("Sun, 22 Nov 2026 12:00:30 GMT", NOW + timedelta(seconds=20)) == 10.0

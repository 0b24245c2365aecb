"""When a request is sent again, and after how long."""

from datetime import UTC, datetime, timedelta

import pytest

from pywats.config import RetryConfig
from pywats.http.request import Repeat
from pywats.http.retry import backoff, delay_after_answer, delay_after_fault, retry_after_seconds

EXACT = RetryConfig(jitter=False)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("repeat", "attempt", "may_have_arrived", "permanent", "delay"),
    [
        (Repeat.SAFE, 1, True, False, 1.0),
        (Repeat.SAFE, 2, True, False, 2.0),
        (Repeat.SAFE, 3, True, False, None),
        (Repeat.NEVER, 1, True, False, None),
        (Repeat.NEVER, 1, False, False, 1.0),
        (Repeat.NEVER, 3, False, False, None),
        (Repeat.SAFE, 1, False, True, None),
    ],
    ids=["safe", "second", "used up", "may have counted", "never left", "never left, used up", "will not pass"],
)
def test_fault_is_repeated_only_where_that_does_no_harm(
    repeat: Repeat, attempt: int, may_have_arrived: bool, permanent: bool, delay: float | None
) -> None:
    found = delay_after_fault(
        EXACT, repeat, attempt, may_have_arrived=may_have_arrived, permanent=permanent, chance=0.5
    )
    assert found == delay


@pytest.mark.parametrize(
    ("repeat", "status", "retry_after", "delay"),
    [
        (Repeat.SAFE, 503, None, 1.0),
        (Repeat.SAFE, 429, 5.0, 5.0),
        (Repeat.SAFE, 503, 0.0, 0.0),
        (Repeat.SAFE, 503, 30.0, 30.0),
        (Repeat.SAFE, 503, 31.0, None),
        (Repeat.SAFE, 500, None, None),
        (Repeat.SAFE, 200, None, None),
        (Repeat.SAFE, 404, None, None),
        (Repeat.NEVER, 503, None, None),
        (Repeat.NEVER, 504, 1.0, None),
        (Repeat.NEVER, 429, 1.0, 1.0),
    ],
)
def test_answer_is_repeated_only_where_that_may_help(
    repeat: Repeat, status: int, retry_after: float | None, delay: float | None
) -> None:
    assert delay_after_answer(EXACT, repeat, 1, status=status, retry_after=retry_after, chance=0.5) == delay


def test_answer_stands_after_the_last_attempt() -> None:
    assert delay_after_answer(EXACT, Repeat.SAFE, 3, status=503, retry_after=None, chance=0) is None


def test_nothing_is_repeated_when_disabled() -> None:
    off = RetryConfig(enabled=False)
    assert delay_after_answer(off, Repeat.SAFE, 1, status=503, retry_after=None, chance=0) is None
    assert delay_after_fault(off, Repeat.SAFE, 1, may_have_arrived=False, permanent=False, chance=0) is None


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
    delays = [delay_after_answer(config, Repeat.SAFE, 1, status=429, retry_after=5.0, chance=c) for c in (0.0, 0.5)]
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

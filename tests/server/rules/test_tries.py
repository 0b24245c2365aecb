"""How long to wait after failures: growing, bounded, and forgotten in the end."""

from datetime import timedelta

import pytest

from pywats_server.rules.tries import delay, is_forgotten, neighbourhood, wait


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (13, 256), (14, 300), (15, 300), (10**6, 300)],
)
def test_delay_doubles_after_the_free_tries_up_to_five_minutes(failures: int, seconds: int) -> None:
    assert delay(failures, free=5) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "since", "seconds"),
    [
        pytest.param(4, 0, 0, id="free"),
        pytest.param(8, 0, 8, id="just now"),
        pytest.param(8, 3, 5, id="a part of it has passed"),
        pytest.param(8, 8, 0, id="all of it has passed"),
        pytest.param(8, 3000, 0, id="long ago"),
        pytest.param(8, -2, 10, id="another server's clock is a little ahead"),
        pytest.param(8, -86400, 0, id="counted by a clock that was wrong"),
    ],
)
def test_wait_is_what_is_left_of_the_delay(failures: int, since: int, seconds: int) -> None:
    assert wait(failures, timedelta(seconds=since), free=5) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("minutes", "forgotten"), [(-6, True), (-5, False), (0, False), (59, False), (60, True)])
def test_failures_are_forgotten_after_an_hour_without_another(minutes: int, forgotten: bool) -> None:
    assert is_forgotten(timedelta(minutes=minutes)) is forgotten


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::7", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("testclient", "testclient"),
    ],
)
def test_addresses_that_one_person_may_have_are_counted_together(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted

"""Counting uses, at and beyond every bound."""

import pytest

from pywats_server.errors import RuleViolation, TotalCountReached
from pywats_server.rules.counts import MAX_COUNT, check_count, check_reset, counted, increment_to


@pytest.mark.parametrize("value", [0, 1, MAX_COUNT])
def test_check_count_in_range_accepts(value: int) -> None:
    check_count("runningCount", value)


@pytest.mark.parametrize("value", [-1, MAX_COUNT + 1, 10**400])
def test_check_count_out_of_range_names_field_and_value(value: int) -> None:
    with pytest.raises(RuleViolation) as caught:
        check_count("runningCount", value)
    assert caught.value.message == f"runningCount is {value}; accepted: a whole number from 0 to 9007199254740991."
    assert caught.value.details["field"] == "runningCount"
    assert caught.value.details["value"] == value


@pytest.mark.parametrize(
    ("before", "by", "after"),
    [
        pytest.param((0, 0), 1, (1, 1), id="the first use"),
        pytest.param((5, 50), 10, (15, 60), id="several"),
        pytest.param((5, 50), 0, (5, 50), id="none"),
        pytest.param((0, MAX_COUNT - 1), 1, (1, MAX_COUNT), id="up to the largest total"),
        pytest.param((MAX_COUNT, 0), 0, (MAX_COUNT, 0), id="none at the largest running count"),
    ],
)
def test_counted_adds_to_both_counts(before: tuple[int, int], by: int, after: tuple[int, int]) -> None:
    assert counted(*before, by) == after


@pytest.mark.parametrize(
    ("running", "total", "by"),
    [(5, 50, -1), (0, MAX_COUNT, 1), (MAX_COUNT, 0, 1), (0, 1, MAX_COUNT)],
)
def test_counted_backwards_or_beyond_is_refused(running: int, total: int, by: int) -> None:
    with pytest.raises(RuleViolation, match=f"incrementBy is {by};"):
        counted(running, total, by)


@pytest.mark.parametrize(("total", "wanted", "by"), [(50, 50, 0), (50, 51, 1), (0, MAX_COUNT, MAX_COUNT)])
def test_increment_to_is_the_difference(total: int, wanted: int, by: int) -> None:
    assert increment_to(total, wanted) == by


@pytest.mark.parametrize(("wanted", "accepted"), [(49, "present total count 50 or more"), (-1, "from 0 to")])
def test_increment_to_a_lower_total_is_refused(wanted: int, accepted: str) -> None:
    with pytest.raises(RuleViolation, match=f"totalCount is {wanted}; accepted: .*{accepted}") as caught:
        increment_to(50, wanted)
    assert caught.value.details["field"] == "totalCount"


@pytest.mark.parametrize(
    ("total", "limit"),
    [(99, 100), (10**6, None), (10**6, 0), (10**6, -1), (0, 1)],
)
def test_check_reset_below_the_limit_or_without_one_accepts(total: int, limit: int | None) -> None:
    check_reset(total, limit)


@pytest.mark.parametrize("total", [100, 101])
def test_check_reset_at_the_total_limit_is_refused(total: int) -> None:
    with pytest.raises(TotalCountReached, match=f"total count {total} has reached its limit 100") as caught:
        check_reset(total, 100)
    assert caught.value.details == {"field": "totalCount", "value": total, "accepted": "a total count below 100"}

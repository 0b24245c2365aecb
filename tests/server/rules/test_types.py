"""Which demands an asset type may make."""

import json
from math import nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywats_server.errors import RuleViolation
from pywats_server.rules.counts import MAX_COUNT
from pywats_server.rules.model import Demands
from pywats_server.rules.types import WIRE_NAMES, check_demands, settle

LIMITS = ("running_count_limit", "total_count_limit")
INTERVALS = ("calibration_interval_days", "maintenance_interval_days")
THRESHOLDS = ("warning_threshold_percent", "alarm_threshold_percent")
NO_NUMBERS = (float("nan"), float("inf"), float("-inf"))


def rows(names: tuple[str, ...], values: tuple[float | None, ...]) -> list[object]:
    return [pytest.param(name, value, id=f"{WIRE_NAMES[name]} {value}") for name in names for value in values]


def test_wire_names_cover_every_demand() -> None:
    assert set(WIRE_NAMES) == set(Demands.__struct_fields__)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *rows(LIMITS, (None, -1, 0, 1, MAX_COUNT)),
        *rows(INTERVALS, (None, -2, -1, 0, 1e-9, 0.5, 365.25, 36525)),
        *rows(THRESHOLDS, (None, 0, 0.5, 80, 100)),
    ],
)
def test_check_demands_with_meaning_accepts(name: str, value: float | None) -> None:
    check_demands(Demands(**{name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *rows(LIMITS, (-2, MAX_COUNT + 1)),
        *rows(INTERVALS, (-3, -0.5, -1.5, nextafter(36525, 36526), *NO_NUMBERS)),
        *rows(THRESHOLDS, (-1, nextafter(0, -1), nextafter(100, 101), *NO_NUMBERS)),
    ],
)
def test_check_demands_without_meaning_names_field_value_and_what_is_accepted(name: str, value: float) -> None:
    with pytest.raises(RuleViolation) as caught:
        check_demands(Demands(**{name: value}))  # type: ignore[arg-type]
    details = caught.value.details
    assert caught.value.message == f"{WIRE_NAMES[name]} is {value!r}; accepted: {details['accepted']}."
    assert details["field"] == WIRE_NAMES[name]
    assert str(details["value"]) == str(value)
    json.dumps(details, allow_nan=False)


@pytest.mark.parametrize(
    ("running", "total", "settled"),
    [
        pytest.param(1000, 500, 1000, id="lower is raised"),
        pytest.param(1000, 999, 1000, id="just lower is raised"),
        pytest.param(1000, 1000, 1000, id="equal stays"),
        pytest.param(1000, 1001, 1001, id="higher stays"),
        pytest.param(1000, None, None, id="unlimited total stays"),
        pytest.param(1000, 0, 0, id="total of zero is unlimited"),
        pytest.param(1000, -1, -1, id="total of minus one is unlimited"),
        pytest.param(None, 500, 500, id="no running limit"),
        pytest.param(-1, 500, 500, id="unlimited running count"),
    ],
)
def test_settle_total_limit_below_running_limit(running: int | None, total: int | None, settled: int | None) -> None:
    demands = settle(Demands(running_count_limit=running, total_count_limit=total))
    assert (demands.running_count_limit, demands.total_count_limit) == (running, settled)


@pytest.mark.parametrize(
    ("warning", "alarm", "settled"),
    [
        pytest.param(80, 70, 80, id="lower is raised"),
        pytest.param(80, 80, 80, id="equal stays"),
        pytest.param(80, 90, 90, id="higher stays"),
        pytest.param(80, 0, 80, id="zero is a threshold"),
        pytest.param(80, None, None, id="none stays none"),
        pytest.param(None, 50, 50, id="no warning"),
    ],
)
def test_settle_alarm_below_warning_threshold(
    warning: float | None, alarm: float | None, settled: float | None
) -> None:
    demands = settle(Demands(warning_threshold_percent=warning, alarm_threshold_percent=alarm))
    assert (demands.warning_threshold_percent, demands.alarm_threshold_percent) == (warning, settled)


limits = st.none() | st.integers(-1, MAX_COUNT)
thresholds = st.none() | st.floats(0, 100)


@given(st.builds(Demands, limits, limits, st.none(), st.none(), thresholds, thresholds))
def test_settle_accepted_demands_stay_accepted_and_settled(demands: Demands) -> None:
    settled = settle(demands)
    check_demands(settled)
    assert settle(settled) == settled

"""Go, warn or stop: what the server says of a set-up, judged without a server."""

from datetime import timedelta
from typing import Any

import pytest

from pywats import AssetAlarmState, AssetState, AssetStatus, ReadinessPolicy, Verdict
from pywats.domains.asset.models import StatusReason
from pywats.domains.asset.readiness import STATES, STRICT, Reaction, judge_setup, worst

GO, WARN, STOP = Verdict
OK, WARNING, ALARM = AssetAlarmState


def status(serial: str = "DMM-001", **facts: Any) -> AssetStatus:
    """The status of an asset that is in operation and fine, but for *facts*."""
    return AssetStatus(**{"serial_number": serial, "asset_id": f"id of {serial}", "state": AssetState.OK} | facts)


def in_alarm(message: str = "Calibration is 3 days overdue.") -> AssetStatus:
    return status(alarm_state=ALARM, status=3, message=message)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (AssetState.UNKNOWN, WARN),
        (AssetState.IN_OPERATION, GO),
        (AssetState.IN_TRANSIT, STOP),
        (AssetState.IN_MAINTENANCE, STOP),
        (AssetState.IN_CALIBRATION, STOP),
        (AssetState.IN_STORAGE, WARN),
        (AssetState.SCRAPPED, STOP),
        (99, STOP),
    ],
)
def test_state_decides_although_nothing_is_in_alarm(state: int, verdict: Verdict) -> None:
    readiness = judge_setup([status(state=state)], STRICT)
    assert readiness.verdict is verdict
    assert [reason.startswith("DMM-001: Its state is ") for reason in readiness.reasons] == [True] * (verdict != GO)


def test_table_of_states_has_every_state() -> None:
    assert set(STATES) == set(AssetState)


@pytest.mark.parametrize(
    ("level", "alarm", "warning", "verdict"),
    [
        (OK, "stop", "warn", GO),
        (WARNING, "stop", "warn", WARN),
        (ALARM, "stop", "warn", STOP),
        (7, "stop", "warn", STOP),
        (WARNING, "stop", "stop", STOP),
        (WARNING, "stop", "ignore", GO),
        (ALARM, "warn", "warn", WARN),
        (ALARM, "ignore", "stop", GO),
    ],
)
def test_alarm_state_means_what_the_policy_says(
    level: int, alarm: Reaction, warning: Reaction, verdict: Verdict
) -> None:
    readiness = judge_setup([status(alarm_state=level)], ReadinessPolicy(alarm, warning))
    assert readiness.verdict is verdict
    assert bool(readiness) is (verdict is not STOP)


@pytest.mark.parametrize(("number", "verdict"), [(0, GO), (1, STOP), (2, WARN), (3, STOP), (4, STOP), (5, STOP)])
def test_status_number_of_the_net_client_decides_where_it_stands_alone(number: int, verdict: Verdict) -> None:
    assert judge_setup([AssetStatus(status=number, serial_number="A")], STRICT).verdict is verdict


def test_each_monitor_is_judged_by_itself() -> None:
    reasons = [
        StatusReason(kind="runningCount", level=WARNING, message="90 of 100 uses."),
        StatusReason(kind="calibration", level=ALARM, message="Calibration is 3 days overdue."),
    ]
    worn = status(alarm_state=ALARM, status=3, message="both in one line", reasons=reasons)

    told = judge_setup([worn], STRICT)
    assert told.reasons == ("DMM-001: Calibration is 3 days overdue.", "DMM-001: 90 of 100 uses.")
    lenient = judge_setup([worn], ReadinessPolicy(alarm="ignore"))
    assert (lenient.verdict, lenient.reasons) == (WARN, ("DMM-001: 90 of 100 uses.",))


def test_reasons_tell_what_the_asset_is_mounted_in() -> None:
    probe = in_alarm().model_copy(update={"serial_number": "PROBE-001", "parent_asset_id": "id of FIXTURE-001"})
    readiness = judge_setup([status("FIXTURE-001"), probe], STRICT)
    assert readiness.reasons == ("PROBE-001 in FIXTURE-001: Calibration is 3 days overdue.",)
    assert [(str(asset), asset.verdict) for asset in readiness.assets] == [
        ("FIXTURE-001", GO),
        ("PROBE-001 in FIXTURE-001", STOP),
    ]


def test_asset_that_is_not_registered_stops_whatever_the_policy() -> None:
    gone = AssetStatus(serial_number="GONE", alarm_state=ALARM, status=1, message="There is no asset 'GONE'.")
    readiness = judge_setup([gone], ReadinessPolicy(alarm="ignore", warning="ignore"))
    assert (readiness.verdict, readiness.reasons) == (STOP, ("GONE: There is no asset 'GONE'.",))


def test_policy_may_say_what_a_state_means() -> None:
    policy = ReadinessPolicy(states={AssetState.IN_STORAGE: "stop", AssetState.UNKNOWN: "ignore"})
    verdicts = [judge_setup([status(state=state)], policy).verdict for state in (5, 0, 6)]
    assert verdicts == [STOP, GO, STOP]


@pytest.mark.parametrize("wrong", [{"alarm": "halt"}, {"warning": None}, {"states": {AssetState.OK: "go"}}])
def test_policy_with_a_reaction_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be one of stop, warn, ignore"):
        ReadinessPolicy(**wrong)


@pytest.mark.parametrize(
    ("overdue", "age", "verdict"),
    [(-2.0, 1.0, GO), (-2.0, 2.0, STOP), (-2.0, 3.0, STOP), (None, 9.0, GO), (0.5, 0.0, GO)],
    ids=["not yet", "just now", "a day ago", "never due", "judged by the server"],
)
def test_earlier_answer_grows_old_with_its_due_dates(overdue: float | None, age: float, verdict: Verdict) -> None:
    earlier = status(calibration_days_overdue=overdue)
    readiness = judge_setup([earlier], STRICT, age=timedelta(days=age), from_cache=True)
    assert readiness.verdict is verdict
    assert (readiness.age, readiness.from_cache) == (timedelta(days=age), True)


def test_readiness_reads_as_a_sentence() -> None:
    assert str(judge_setup([status()], STRICT)) == "go"
    assert str(judge_setup([in_alarm()], STRICT)) == "stop: DMM-001: Calibration is 3 days overdue."
    assert str(judge_setup([status()], STRICT, age=timedelta(hours=2), from_cache=True)) == "go (as of 2:00:00 ago)"


def test_verdicts_are_plain_words_for_sequencers() -> None:
    assert [f"{verdict}" for verdict in Verdict] == ["go", "warn", "stop"]
    assert worst([]) is GO
    assert worst([WARN, STOP, GO]) is STOP

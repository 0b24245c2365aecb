"""The status rules at every boundary, and the agreement of the verdict with the moments that are stored for it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.rules.counts import MAX_COUNT
from pywats_server.rules.model import AlarmInstants, Demands, DueDates, Facts, Monitor, Reading
from pywats_server.rules.status import ALWAYS, alarm_instants, due_dates, judge

OK, WARNING, ALARM = AssetAlarmState.OK, AssetAlarmState.WARNING, AssetAlarmState.ALARM
OSLO = ZoneInfo("Europe/Oslo")
DAY, TICK = timedelta(days=1), timedelta.resolution
LAST = datetime(2026, 1, 1, tzinfo=UTC)


def facts(**known: object) -> Facts:
    return Facts(**{"state": AssetState.IN_OPERATION, "first_seen_at": LAST - 1000 * DAY, **known})  # type: ignore[arg-type]


def thresholds(warning: float | None, alarm: float | None, **demanded: object) -> Demands:
    return Demands(warning_threshold_percent=warning, alarm_threshold_percent=alarm, **demanded)  # type: ignore[arg-type]


def only_reading(facts: Facts, demands: Demands, now: datetime) -> Reading:
    (reading,) = judge(facts, demands, now).readings
    return reading


# Each row: warning and alarm threshold, then a number of the 1000 that there are, and the level there.
LEVELS = [
    pytest.param(80, 90, 0, OK, id="unused"),
    pytest.param(80, 90, 799, OK, id="just below warning"),
    pytest.param(80, 90, 800, WARNING, id="at warning"),
    pytest.param(80, 90, 801, WARNING, id="just above warning"),
    pytest.param(80, 90, 899, WARNING, id="just below alarm"),
    pytest.param(80, 90, 900, ALARM, id="at alarm"),
    pytest.param(80, 90, 1001, ALARM, id="beyond the limit"),
    pytest.param(80, None, 999, WARNING, id="no alarm threshold, just below the limit"),
    pytest.param(80, None, 1000, ALARM, id="no alarm threshold, at the limit"),
    pytest.param(None, 90, 899, OK, id="no warning threshold, just below alarm"),
    pytest.param(None, 90, 900, ALARM, id="no warning threshold, at alarm"),
    pytest.param(None, None, 999, OK, id="no thresholds, just below the limit"),
    pytest.param(None, None, 1000, ALARM, id="no thresholds, at the limit"),
    pytest.param(0, 90, 0, WARNING, id="warning from the start"),
    pytest.param(0, 0, 0, ALARM, id="alarm from the start"),
    pytest.param(None, 0, 0, ALARM, id="alarm from the start without a warning"),
    pytest.param(80, 70, 799, OK, id="alarm below warning is raised"),
    pytest.param(80, 70, 800, ALARM, id="alarm raised to the warning"),
    pytest.param(100, 100, 999, OK, id="both at the limit, just below"),
    pytest.param(100, 100, 1000, ALARM, id="both at the limit"),
    pytest.param(80.05, 90, 800, OK, id="just below a fraction of a percent"),
    pytest.param(80.05, 90, 801, WARNING, id="just above a fraction of a percent"),
]


@pytest.mark.parametrize(("warning", "alarm", "used", "level"), LEVELS)
def test_running_count_level(warning: float | None, alarm: float | None, used: int, level: AssetAlarmState) -> None:
    reading = only_reading(
        facts(running_count=used, total_count=10**6), thresholds(warning, alarm, running_count_limit=1000), LAST
    )
    assert reading == Reading(Monitor.RUNNING_COUNT, level, used, 1000, used / 10, used - 1000)


@pytest.mark.parametrize(("warning", "alarm", "used", "level"), LEVELS)
def test_total_count_level(warning: float | None, alarm: float | None, used: int, level: AssetAlarmState) -> None:
    reading = only_reading(
        facts(running_count=10**6, total_count=used), thresholds(warning, alarm, total_count_limit=1000), LAST
    )
    assert reading == Reading(Monitor.TOTAL_COUNT, level, used, 1000, used / 10, used - 1000)


@pytest.mark.parametrize(("warning", "alarm", "used", "level"), LEVELS)
def test_calibration_level(warning: float | None, alarm: float | None, used: int, level: AssetAlarmState) -> None:
    known = facts(last_calibration_at=LAST, next_calibration_at=LAST + 1000 * DAY)
    reading = only_reading(known, thresholds(warning, alarm), LAST + used * DAY)
    assert reading == Reading(Monitor.CALIBRATION, level, used, 1000, used / 10, used - 1000, due_at=LAST + 1000 * DAY)


@pytest.mark.parametrize(("warning", "alarm", "used", "level"), LEVELS)
def test_maintenance_level(warning: float | None, alarm: float | None, used: int, level: AssetAlarmState) -> None:
    demands = thresholds(warning, alarm, maintenance_interval_days=1000)
    reading = only_reading(facts(last_maintenance_at=LAST), demands, LAST + used * DAY)
    assert reading == Reading(Monitor.MAINTENANCE, level, used, 1000, used / 10, used - 1000, due_at=LAST + 1000 * DAY)


@pytest.mark.parametrize(
    ("moment", "level"),
    [
        pytest.param(LAST + 8 * DAY - TICK, OK, id="a microsecond before warning"),
        pytest.param(LAST + 8 * DAY, WARNING, id="at warning"),
        pytest.param(LAST + 9 * DAY - TICK, WARNING, id="a microsecond before alarm"),
        pytest.param(LAST + 9 * DAY, ALARM, id="at alarm"),
        pytest.param(LAST - DAY, OK, id="before the work was done"),
    ],
)
def test_calibration_level_is_exact_to_the_microsecond(moment: datetime, level: AssetAlarmState) -> None:
    demands = thresholds(80, 90, calibration_interval_days=10)
    reading = only_reading(facts(last_calibration_at=LAST), demands, moment)
    assert reading.level is level
    assert reading.percent >= 0
    assert reading.used >= 0


@pytest.mark.parametrize("limit", [None, 0, -1])
def test_count_without_limit_has_no_reading(limit: int | None) -> None:
    demands = thresholds(0, 0, running_count_limit=limit, total_count_limit=limit)
    verdict = judge(facts(running_count=10**9, total_count=10**9), demands, LAST)
    assert verdict.alarm_state is OK
    assert verdict.readings == ()


@pytest.mark.parametrize(
    ("interval", "last", "next_", "due", "never_done"),
    [
        pytest.param(None, LAST, None, None, False, id="no interval, no next date"),
        pytest.param(0, LAST, None, None, False, id="zero interval, no next date"),
        pytest.param(None, LAST, LAST + DAY, LAST + DAY, False, id="no interval, next date"),
        pytest.param(0, None, LAST + DAY, LAST + DAY, False, id="zero interval, next date, never done"),
        pytest.param(30, LAST, None, LAST + 30 * DAY, False, id="interval, no next date"),
        pytest.param(30, LAST, LAST + DAY, LAST + DAY, False, id="next date goes before the interval"),
        pytest.param(30, None, None, LAST - 970 * DAY, True, id="interval, never done"),
        pytest.param(30, None, LAST + DAY, LAST + DAY, True, id="interval and next date, never done"),
        pytest.param(0.5, LAST, None, LAST + DAY / 2, False, id="half a day"),
        pytest.param(-1, LAST, LAST + DAY, None, False, id="unlimited, with a next date"),
        pytest.param(-1, None, None, None, False, id="unlimited, never done"),
        pytest.param(-2, LAST, LAST + DAY, LAST + DAY, False, id="external, next date"),
        pytest.param(-2, LAST, None, None, False, id="external, no next date"),
        pytest.param(-2, None, None, None, False, id="external, never done"),
        pytest.param(-2, None, LAST + DAY, LAST + DAY, False, id="external, next date alone"),
    ],
)
@pytest.mark.parametrize("kind", ["calibration", "maintenance"])
def test_due_date_comes_from_next_date_or_interval(
    kind: str,
    interval: float | None,
    last: datetime | None,
    next_: datetime | None,
    due: datetime | None,
    never_done: bool,
) -> None:
    known = facts(**{f"last_{kind}_at": last, f"next_{kind}_at": next_})
    readings = judge(known, Demands(**{f"{kind}_interval_days": interval}), LAST).readings  # type: ignore[arg-type]
    assert [(r.monitor, r.due_at, r.never_done) for r in readings] == ([] if due is None else [(kind, due, never_done)])


@pytest.mark.parametrize(
    ("days", "level"),
    [
        pytest.param(-1, WARNING, id="before it was first seen"),
        pytest.param(0, WARNING, id="first seen"),
        pytest.param(99, WARNING, id="just inside the interval"),
        pytest.param(100, ALARM, id="an interval after it was first seen"),
    ],
)
def test_never_calibrated_is_a_warning_and_an_alarm_when_due(days: int, level: AssetAlarmState) -> None:
    reading = only_reading(facts(first_seen_at=LAST), Demands(calibration_interval_days=100), LAST + days * DAY)
    assert reading == Reading(
        Monitor.CALIBRATION, level, max(0, days), 100, max(0, days), days - 100, LAST + 100 * DAY, never_done=True
    )


@pytest.mark.parametrize("due", [LAST, LAST - DAY])
def test_due_date_not_after_the_last_is_all_or_nothing(due: datetime) -> None:
    known = facts(last_calibration_at=LAST, next_calibration_at=due)
    before, at = (only_reading(known, thresholds(1, 2), moment) for moment in (due - TICK, due))
    assert (before.level, before.percent) == (OK, 0)
    assert (at.level, at.percent, at.limit) == (ALARM, 100, 0)


def test_fractions_of_a_day_are_shown() -> None:
    known = facts(last_calibration_at=LAST)
    reading = only_reading(known, Demands(calibration_interval_days=1.5), LAST + timedelta(hours=42))
    assert (reading.used, reading.limit, reading.exceeded) == (1.75, 1.5, 0.25)


def test_leap_day_counts_like_any_other() -> None:
    known = facts(last_calibration_at=datetime(2024, 2, 28, tzinfo=UTC))
    reading = only_reading(known, Demands(calibration_interval_days=2), datetime(2024, 2, 29, tzinfo=UTC))
    assert (reading.due_at, reading.percent, reading.exceeded) == (datetime(2024, 3, 1, tzinfo=UTC), 50, -1)


@pytest.mark.parametrize(
    ("last", "due_on_the_wall"),
    [
        pytest.param(datetime(2026, 3, 28, 12, tzinfo=OSLO), datetime(2026, 3, 29, 13, tzinfo=OSLO), id="spring"),
        pytest.param(datetime(2026, 10, 24, 12, tzinfo=OSLO), datetime(2026, 10, 25, 11, tzinfo=OSLO), id="autumn"),
    ],
)
def test_clock_change_moves_no_boundary(last: datetime, due_on_the_wall: datetime) -> None:
    known, demands = facts(last_calibration_at=last), thresholds(50, None, calibration_interval_days=1)
    assert only_reading(known, demands, due_on_the_wall) == only_reading(
        facts(last_calibration_at=last.astimezone(UTC)), demands, due_on_the_wall.astimezone(UTC)
    )
    assert only_reading(known, demands, due_on_the_wall).exceeded == 0
    assert alarm_instants(known, demands) == AlarmInstants(OK, last.astimezone(UTC) + DAY / 2, due_on_the_wall)


def test_moments_of_any_zone_come_out_in_utc() -> None:
    known = facts(last_calibration_at=LAST.astimezone(OSLO), next_calibration_at=(LAST - DAY).astimezone(OSLO))
    reading, instants = only_reading(known, Demands(), LAST.astimezone(OSLO)), alarm_instants(known, Demands())
    assert reading.due_at == instants.alarm_at == LAST - DAY
    assert [at.tzinfo for at in (reading.due_at, instants.alarm_at) if at] == [UTC, UTC]


def test_moment_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no UTC offset"):
        judge(facts(), Demands(), datetime(2026, 1, 1))


def test_alarm_state_is_the_worst_and_readings_stand_in_monitor_order() -> None:
    known = facts(running_count=85, total_count=10, last_calibration_at=LAST, last_maintenance_at=LAST)
    demands = thresholds(
        80,
        90,
        running_count_limit=100,
        total_count_limit=100,
        calibration_interval_days=100,
        maintenance_interval_days=10,
    )
    verdict = judge(known, demands, LAST + 10 * DAY)
    assert verdict.alarm_state is ALARM
    assert [reading.monitor for reading in verdict.readings] == list(Monitor)
    assert [reading.level for reading in verdict.readings] == [OK, ALARM, WARNING, OK]
    assert [reading.monitor for reading in verdict.reasons] == [Monitor.MAINTENANCE, Monitor.RUNNING_COUNT]


def test_total_limit_below_the_running_limit_is_raised_to_it() -> None:
    demands = Demands(running_count_limit=1000, total_count_limit=500)
    verdict = judge(facts(running_count=600, total_count=600), demands, LAST)
    assert verdict.alarm_state is OK
    assert [reading.limit for reading in verdict.readings] == [1000, 1000]


def test_scrapped_asset_shows_its_numbers_and_raises_nothing() -> None:
    demands = Demands(running_count_limit=100, calibration_interval_days=10)
    known = facts(state=AssetState.SCRAPPED, running_count=150)
    verdict = judge(known, demands, LAST)
    assert verdict.alarm_state is OK
    assert [(reading.level, reading.exceeded) for reading in verdict.readings] == [(OK, 990), (OK, 50)]
    assert alarm_instants(known, demands) == AlarmInstants(OK, None, None)


@pytest.mark.parametrize(
    ("known", "demands", "instants"),
    [
        pytest.param(facts(), Demands(), AlarmInstants(OK, None, None), id="nothing to watch"),
        pytest.param(
            facts(last_calibration_at=LAST),
            thresholds(80, 90, calibration_interval_days=10),
            AlarmInstants(OK, LAST + 8 * DAY, LAST + 9 * DAY),
            id="both thresholds",
        ),
        pytest.param(
            facts(last_calibration_at=LAST),
            thresholds(None, None, calibration_interval_days=10),
            AlarmInstants(OK, None, LAST + 10 * DAY),
            id="no thresholds",
        ),
        pytest.param(
            facts(last_calibration_at=LAST, last_maintenance_at=LAST),
            thresholds(50, None, calibration_interval_days=10, maintenance_interval_days=4),
            AlarmInstants(OK, LAST + 2 * DAY, LAST + 4 * DAY),
            id="the earlier of two",
        ),
        pytest.param(
            facts(first_seen_at=LAST),
            thresholds(80, None, calibration_interval_days=10),
            AlarmInstants(OK, ALWAYS, LAST + 10 * DAY),
            id="never calibrated",
        ),
        pytest.param(
            facts(running_count=80, total_count=5),
            thresholds(80, None, running_count_limit=100, total_count_limit=100),
            AlarmInstants(WARNING, None, None),
            id="counts alone",
        ),
    ],
)
def test_alarm_instants(known: Facts, demands: Demands, instants: AlarmInstants) -> None:
    assert alarm_instants(known, demands) == instants


def level_by_instants(instants: AlarmInstants, now: datetime) -> AssetAlarmState:
    """What `AlarmInstants` promises, read from its docstring."""
    if instants.count_level is ALARM or (instants.alarm_at is not None and instants.alarm_at <= now):
        return ALARM
    if instants.count_level is WARNING or (instants.warning_at is not None and instants.warning_at <= now):
        return WARNING
    return OK


def level_by_percent(reading: Reading, known: Facts, demands: Demands, now: datetime) -> AssetAlarmState:
    """What the wire contract says, computed in exact fractions straight from the facts."""
    warning, alarm = demands.warning_threshold_percent, demands.alarm_threshold_percent
    alarm = 100 if alarm is None else max(alarm, warning or 0)
    percent = exact_percent(reading, known, now)
    if percent >= Fraction(alarm):
        return ALARM
    is_warning = reading.never_done or (warning is not None and percent >= Fraction(warning))
    return WARNING if is_warning else OK


def exact_percent(reading: Reading, known: Facts, now: datetime) -> Fraction:
    if reading.due_at is None:
        return Fraction(100 * int(reading.used), int(reading.limit))
    last = known.last_calibration_at if reading.monitor is Monitor.CALIBRATION else known.last_maintenance_at
    start = last or known.first_seen_at
    if reading.due_at <= start:
        return Fraction(100 if now >= reading.due_at else 0)
    return max(Fraction(0), Fraction(100 * ((now - start) // TICK), (reading.due_at - start) // TICK))


moments = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
any_moment = st.datetimes(timezones=st.just(UTC)) | moments
maybe_moment = st.none() | moments
percents = st.none() | st.sampled_from([0.0, 80.0, 90.0, 100.0, 1 / 3]) | st.floats(0, 100)
intervals = st.sampled_from([None, 0.0, -1.0, -2.0, 1e-9, 36525.0]) | st.floats(1e-6, 36525)
limits = st.sampled_from([None, 0, -1, MAX_COUNT]) | st.integers(1, 100)
counts = st.integers(0, 120) | st.integers(0, MAX_COUNT)
some_facts = st.builds(
    Facts,
    st.sampled_from(AssetState),
    moments,
    counts,
    counts,
    maybe_moment,
    maybe_moment,
    maybe_moment,
    maybe_moment,
)
some_demands = st.builds(Demands, limits, limits, intervals, intervals, percents, percents)


@given(some_facts, some_demands, any_moment)
@example(
    # A third of a percent of three microseconds: the percentage and its rounding to a moment part here.
    facts(last_calibration_at=LAST, next_calibration_at=LAST + 3 * TICK),
    thresholds(1 / 3, 100 / 3),
    LAST,
)
@example(facts(last_calibration_at=LAST, next_calibration_at=LAST + 7 * DAY + TICK), thresholds(33.3, 66.6), LAST)
@example(
    # The span is so long that one microsecond before its end rounds to 100 %.
    facts(last_calibration_at=ALWAYS, next_calibration_at=datetime(9999, 12, 31, tzinfo=UTC)),
    thresholds(80, None),
    LAST,
)
def test_verdict_agrees_with_instants_and_exact_percentages(known: Facts, demands: Demands, moment: datetime) -> None:
    instants = alarm_instants(known, demands)
    boundaries = [at for at in (instants.warning_at, instants.alarm_at) if at is not None and at > ALWAYS]
    for now in (moment, *boundaries, *(at - TICK for at in boundaries), *(at + TICK for at in boundaries)):
        verdict = judge(known, demands, now)
        assert verdict.alarm_state is level_by_instants(instants, now)
        for reading in verdict.readings:
            assert (reading.percent >= 100) == (reading.exceeded >= 0)
            if known.state is not AssetState.SCRAPPED:
                assert reading.level is level_by_percent(reading, known, demands, now)


@given(some_facts, some_demands)
def test_due_dates_are_those_of_the_readings_unless_the_asset_is_scrapped(known: Facts, demands: Demands) -> None:
    read = {reading.monitor: reading.due_at for reading in judge(known, demands, LAST).readings}
    due = DueDates(read.get(Monitor.CALIBRATION), read.get(Monitor.MAINTENANCE))
    assert due_dates(known, demands) == (DueDates() if known.state is AssetState.SCRAPPED else due)


@pytest.mark.parametrize(
    ("due", "next_at"),
    [
        pytest.param(DueDates(), None, id="none"),
        pytest.param(DueDates(LAST), LAST, id="calibration alone"),
        pytest.param(DueDates(None, LAST), LAST, id="maintenance alone"),
        pytest.param(DueDates(LAST + TICK, LAST), LAST, id="maintenance first"),
        pytest.param(DueDates(LAST, LAST + TICK), LAST, id="calibration first"),
    ],
)
def test_next_due_date_is_the_earlier_one(due: DueDates, next_at: datetime | None) -> None:
    assert due.next_at == next_at

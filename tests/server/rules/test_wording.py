"""What technicians read: every sentence in every language, and the form for programs."""

from datetime import UTC, datetime, timedelta, timezone
from math import nextafter
from string import Formatter

import pytest

from pywats.domains.asset.enums import AssetAlarmState, AssetState
from pywats_server.rules.model import Demands, Facts, Monitor, Reading, Verdict
from pywats_server.rules.sentences import TEXTS, Language
from pywats_server.rules.status import judge
from pywats_server.rules.wording import describe, describe_reading, language

OK, WARNING, ALARM = AssetAlarmState.OK, AssetAlarmState.WARNING, AssetAlarmState.ALARM
DUE = datetime(2026, 11, 10, 15, tzinfo=UTC)
HOUR = 1 / 24
CULTURES = [str(code) for code in Language]


def dated(exceeded: float, monitor: Monitor = Monitor.CALIBRATION, *, never_done: bool = False) -> Reading:
    return Reading(monitor, ALARM, 100 + exceeded, 100, 100 + exceeded, exceeded, DUE, never_done)


def counted(used: int, monitor: Monitor = Monitor.RUNNING_COUNT, level: AssetAlarmState = WARNING) -> Reading:
    return Reading(monitor, level, used, 1000, used / 10, used - 1000)


@pytest.mark.parametrize(
    ("culture", "expected"),
    [
        *[(culture, Language.ENGLISH) for culture in (None, "", "en", "en-US", "EN_gb", "fr", "sv-SE", "denmark", "-")],
        *[(culture, Language.NORWEGIAN) for culture in ("nb-NO", "nb", "no", "nn-NO", "NB_no", "no-NO")],
        *[(culture, Language.GERMAN) for culture in ("de", "de-AT", "DE_ch", " de-DE ")],
        *[(culture, Language.CHINESE) for culture in ("zh-CN", "zh", "zh-Hans", "ZH_hans_cn", "zh-TW")],
    ],
)
def test_language_of_a_culture(culture: str | None, expected: Language) -> None:
    assert language(culture) is expected


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("culture", CULTURES)
def test_texts_of_every_language_have_the_same_keys_and_placeholders(culture: str) -> None:
    english, texts = TEXTS[Language.ENGLISH], TEXTS[Language(culture)]
    assert {key: placeholders(text) for key, text in texts.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


@pytest.mark.parametrize(
    ("exceeded", "english"),
    [
        pytest.param(-12.9, "Calibration is due in 12 days (2026-11-10).", id="days left are rounded down"),
        pytest.param(-2, "Calibration is due in 2 days (2026-11-10).", id="two days left"),
        pytest.param(-1.5, "Calibration is due in 1 day (2026-11-10).", id="a day left"),
        pytest.param(-1, "Calibration is due in 1 day (2026-11-10).", id="exactly a day left"),
        pytest.param(-23.9 * HOUR, "Calibration is due in 23 hours (2026-11-10).", id="under a day left"),
        pytest.param(-1 * HOUR, "Calibration is due in 1 hour (2026-11-10).", id="an hour left"),
        pytest.param(-0.9 * HOUR, "Calibration is due in less than an hour (2026-11-10).", id="under an hour left"),
        pytest.param(0, "Calibration is less than an hour overdue (due 2026-11-10).", id="due now"),
        pytest.param(1 * HOUR, "Calibration is 1 hour overdue (due 2026-11-10).", id="an hour overdue"),
        pytest.param(23.9 * HOUR, "Calibration is 23 hours overdue (due 2026-11-10).", id="under a day overdue"),
        pytest.param(1, "Calibration is 1 day overdue (due 2026-11-10).", id="a day overdue"),
        pytest.param(12.9, "Calibration is 12 days overdue (due 2026-11-10).", id="days overdue are rounded down"),
    ],
)
def test_calibration_sentence(exceeded: float, english: str) -> None:
    assert describe_reading(dated(exceeded), None, translate=True) == english


@pytest.mark.parametrize("hours", range(1, 24))
def test_whole_hours_lose_none_to_rounding(hours: int) -> None:
    exceeded = timedelta(hours=hours) / timedelta(days=1)
    assert (
        describe_reading(dated(exceeded), "en", translate=False)
        == f"calibration.overdue(hours={hours}, due=2026-11-10)"
    )


@pytest.mark.parametrize(
    ("culture", "sentences"),
    [
        (
            "en-US",
            [
                "Maintenance is 1 day overdue (due 2026-11-10).",
                "Maintenance is due in 5 hours (2026-11-10).",
                "Never calibrated; 12 days overdue (due 2026-11-10).",
                "Never calibrated; due in 1 hour (2026-11-10).",
                "Never maintained; 12 days overdue (due 2026-11-10).",
                "Never maintained; due in less than an hour (2026-11-10).",
                "Running count 930 of 1000 (93 %).",
                "Total count 1030 of 1000 (103 %).",
            ],
        ),
        (
            "nb-NO",
            [
                "Vedlikeholdet forfalt for 1 dag siden (2026-11-10).",
                "Vedlikeholdet forfaller om 5 timer (2026-11-10).",
                "Aldri kalibrert; forfalt for 12 dager siden (2026-11-10).",
                "Aldri kalibrert; forfaller om 1 time (2026-11-10).",
                "Aldri vedlikeholdt; forfalt for 12 dager siden (2026-11-10).",
                "Aldri vedlikeholdt; forfaller om mindre enn én time (2026-11-10).",
                "Løpende teller: 930 av 1000 (93 %).",
                "Totalteller: 1030 av 1000 (103 %).",
            ],
        ),
        (
            "de-DE",
            [
                "Die Wartung ist seit einem Tag überfällig (fällig am 2026-11-10).",
                "Die Wartung ist in 5 Stunden fällig (2026-11-10).",
                "Noch nie kalibriert; seit 12 Tagen überfällig (fällig am 2026-11-10).",
                "Noch nie kalibriert; in einer Stunde fällig (2026-11-10).",
                "Noch nie gewartet; seit 12 Tagen überfällig (fällig am 2026-11-10).",
                "Noch nie gewartet; in weniger als einer Stunde fällig (2026-11-10).",
                "Laufender Zähler: 930 von 1000 (93 %).",
                "Gesamtzähler: 1030 von 1000 (103 %).",
            ],
        ),
        (
            "zh-CN",
            [
                "维护已逾期1天（到期日：2026-11-10）。",
                "维护将在5小时后到期（2026-11-10）。",
                "从未校准，已逾期12天（到期日：2026-11-10）。",
                "从未校准，将在1小时后到期（2026-11-10）。",
                "从未维护，已逾期12天（到期日：2026-11-10）。",
                "从未维护，将在不到1小时后到期（2026-11-10）。",
                "当前使用次数：930/1000（93%）。",
                "累计使用次数：1030/1000（103%）。",
            ],
        ),
        (
            None,
            [
                "maintenance.overdue(days=1, due=2026-11-10)",
                "maintenance.left(hours=5, due=2026-11-10)",
                "calibration.never.overdue(days=12, due=2026-11-10)",
                "calibration.never.left(hours=1, due=2026-11-10)",
                "maintenance.never.overdue(days=12, due=2026-11-10)",
                "maintenance.never.left(hours=0, due=2026-11-10)",
                "runningCount(used=930, limit=1000, percent=93)",
                "totalCount(used=1030, limit=1000, percent=103)",
            ],
        ),
    ],
    ids=["english", "norwegian", "german", "chinese", "keys"],
)
def test_every_sentence(culture: str | None, sentences: list[str]) -> None:
    readings = [
        dated(1, Monitor.MAINTENANCE),
        dated(-5 * HOUR, Monitor.MAINTENANCE),
        dated(12, never_done=True),
        dated(-1.5 * HOUR, never_done=True),
        dated(12, Monitor.MAINTENANCE, never_done=True),
        dated(-0.5 * HOUR, Monitor.MAINTENANCE, never_done=True),
        counted(930),
        counted(1030, Monitor.TOTAL_COUNT),
    ]
    assert [describe_reading(reading, culture, culture is not None) for reading in readings] == sentences


@pytest.mark.parametrize(
    ("percent", "shown"),
    [(0.0, 0), (79.999, 79), (nextafter(100, 0), 99), (100.0, 100), (100.9, 100), (1e15, 10**15)],
)
def test_percentage_is_rounded_down(percent: float, shown: int) -> None:
    reading = Reading(Monitor.TOTAL_COUNT, WARNING, 1, 2, percent, -1)
    assert describe_reading(reading, "en", translate=True) == f"Total count 1 of 2 ({shown} %)."


def test_largest_count_below_its_limit_is_not_100_percent() -> None:
    limit = 2**53 - 1
    known = Facts(AssetState.IN_OPERATION, DUE, total_count=limit - 1)
    verdict = judge(known, Demands(total_count_limit=limit, warning_threshold_percent=80), DUE)
    assert describe(verdict, "en", translate=True) == f"Total count {limit - 1} of {limit} (99 %)."


def test_date_is_the_utc_date() -> None:
    due = datetime(2026, 11, 11, 1, tzinfo=timezone(timedelta(hours=8)))
    reading = Reading(Monitor.CALIBRATION, ALARM, 1, 1, 100, 12, due)
    assert describe_reading(reading, "en", translate=True) == "Calibration is 12 days overdue (due 2026-11-10)."


def test_message_tells_the_worst_first_and_nothing_that_is_ok() -> None:
    maintenance = dated(-5, Monitor.MAINTENANCE)
    verdict = Verdict(
        ALARM,
        (
            Reading(Monitor.CALIBRATION, WARNING, 90, 100, 90, -10, DUE),
            maintenance,
            counted(930),
            counted(1030, Monitor.TOTAL_COUNT, ALARM),
        ),
    )
    assert describe(verdict, "en", translate=True) == (
        "Maintenance is due in 5 days (2026-11-10). Total count 1030 of 1000 (103 %). "
        "Calibration is due in 10 days (2026-11-10). Running count 930 of 1000 (93 %)."
    )
    calm = Verdict(WARNING, (counted(5, Monitor.RUNNING_COUNT, OK), counted(930, Monitor.TOTAL_COUNT)))
    assert describe(calm, "zh", translate=True) == "累计使用次数：930/1000（93%）。"


def test_message_of_the_wire_contract() -> None:
    verdict = Verdict(ALARM, (dated(12), counted(930)))
    assert describe(verdict, None, translate=True) == (
        "Calibration is 12 days overdue (due 2026-11-10). Running count 930 of 1000 (93 %)."
    )
    assert describe(verdict, "de", translate=False) == (
        "calibration.overdue(days=12, due=2026-11-10); runningCount(used=930, limit=1000, percent=93)"
    )
    assert (
        describe(verdict, "zh", translate=True)
        == "校准已逾期12天（到期日：2026-11-10）。当前使用次数：930/1000（93%）。"
    )


@pytest.mark.parametrize(
    ("culture", "message"),
    [("en", "Everything is in order."), ("nb", "Alt er i orden."), ("de", "Alles in Ordnung."), ("zh", "一切正常。")],
)
def test_message_without_reasons_says_that_all_is_well(culture: str, message: str) -> None:
    verdict = Verdict(OK, (counted(5, level=OK),))
    assert describe(verdict, culture, translate=True) == message
    assert describe(verdict, culture, translate=False) == "ok"

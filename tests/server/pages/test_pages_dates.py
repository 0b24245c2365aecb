"""Days, moments, spans and numbers, in every language."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pywats_server.pages import dates
from pywats_server.rules.sentences import Language

EN, NB, DE, ZH = Language.ENGLISH, Language.NORWEGIAN, Language.GERMAN, Language.CHINESE
OSLO, HONOLULU = ZoneInfo("Europe/Oslo"), ZoneInfo("Pacific/Honolulu")
NOW = datetime(2026, 11, 23, 23, 30, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "short_day", "month", "when"),
    [
        (EN, "24 Nov 2026", "24 Nov", "Nov", "24 Nov 2026, 00:30"),
        (NB, "24. nov. 2026", "24. nov.", "nov", "24. nov. 2026, 00:30"),
        (DE, "24.11.2026", "24. Nov.", "Nov", "24.11.2026, 00:30"),
        (ZH, "2026年11月24日", "11月24日", "11月", "2026年11月24日 00:30"),
    ],
    ids=str,
)
def test_moment_in_every_language(language: Language, day: str, short_day: str, month: str, when: str) -> None:
    assert dates.day(NOW, language, OSLO) == day
    assert dates.short_day(NOW, language, OSLO) == short_day
    assert dates.month(NOW, language, OSLO) == month
    assert dates.when(NOW, language, OSLO) == when


def test_day_of_a_moment_depends_on_the_zone() -> None:
    assert dates.day(NOW, EN, HONOLULU) == "23 Nov 2026"


def test_day_of_a_date_is_that_date_in_every_zone() -> None:
    assert dates.day(date(2026, 11, 23), EN, HONOLULU) == dates.day(date(2026, 11, 23), EN, OSLO) == "23 Nov 2026"


def test_moment_at_the_end_of_the_calendar_is_told_in_every_zone() -> None:
    assert dates.when(datetime.max.replace(tzinfo=UTC), EN, OSLO) == "31 Dec 9999, 23:59"


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59, milliseconds=999), "just now"),
        (-timedelta(seconds=59, milliseconds=999), "just now"),
        (timedelta(minutes=1), "in 1 minute"),
        (-timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(hours=23, minutes=59), "in 23 hours"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(days=12, hours=23), "in 12 days"),
        (-timedelta(days=99, hours=23), "99 days ago"),
        (timedelta(days=100), "in 3 months"),
        (-timedelta(days=729), "24 months ago"),
        (timedelta(days=730), "in 2 years"),
        (-timedelta(days=365 * 4 - 1), "3 years ago"),
    ],
    ids=str,
)
def test_relative_is_rounded_down(span: timedelta, expected: str) -> None:
    assert dates.relative(NOW + span, NOW, EN) == expected


@pytest.mark.parametrize(
    ("language", "ahead", "ago"),
    [
        (NB, "om 3 timer", "for 1 time siden"),
        (DE, "in 3 Stunden", "vor 1 Stunde"),
        (ZH, "3小时后", "1小时前"),
    ],
    ids=str,
)
def test_relative_in_other_languages(language: Language, ahead: str, ago: str) -> None:
    assert dates.relative(NOW + timedelta(hours=3), NOW, language) == ahead
    assert dates.relative(NOW - timedelta(hours=1), NOW, language) == ago


@pytest.mark.parametrize(
    ("language", "expected"),
    [(EN, "1,234,567.25"), (NB, "1\xa0234\xa0567,25"), (DE, "1.234.567,25"), (ZH, "1,234,567.25")],
    ids=str,
)
def test_number_in_every_language(language: Language, expected: str) -> None:
    assert dates.number(1234567.25, language) == expected


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [(93, EN, "93%"), (29, EN, "29%"), (99.9, EN, "99%"), (120, DE, "120\xa0%"), (7.2, NB, "7\xa0%"), (0, ZH, "0%")],
)
def test_percent_is_rounded_down(value: float, language: Language, expected: str) -> None:
    assert dates.percent(value, language) == expected

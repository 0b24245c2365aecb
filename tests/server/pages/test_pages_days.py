"""Days that people write into forms are days in their own time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pywats_server.errors import InvalidInput, RuleViolation
from pywats_server.pages import days
from pywats_server.pages.reader import Reader
from pywats_server.rules.sentences import Language


def reader(zone: str, now: str = "2026-03-10T23:30") -> Reader:
    """Return somebody in a time zone."""
    return Reader(Language.ENGLISH, ZoneInfo(zone), "system", datetime.fromisoformat(now).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", "2026-03-10"), ("Europe/Oslo", "2026-03-11"), ("America/New_York", "2026-03-10")]
)
def test_today_is_the_day_of_the_reader(zone: str, day: str) -> None:
    assert days.today(reader(zone)).isoformat() == day


@pytest.mark.parametrize(
    ("zone", "text", "first", "end"),
    [
        ("UTC", "2026-03-10", "2026-03-10T00:00", "2026-03-11T00:00"),
        ("Europe/Oslo", "2026-03-10", "2026-03-09T23:00", "2026-03-10T23:00"),
        ("Europe/Oslo", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("America/New_York", "2026-03-10", "2026-03-10T04:00", "2026-03-11T04:00"),
    ],
    ids=["UTC", "east", "the day on which summer time begins", "west"],
)
def test_day_lasts_from_its_first_moment_to_that_of_the_next(zone: str, text: str, first: str, end: str) -> None:
    somebody = reader(zone)
    told = days.first_moment(text, "from", somebody), days.end(text, "to", somebody)
    assert told == tuple(datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (first, end))


def test_no_day_is_no_moment() -> None:
    somebody = reader("UTC")
    assert [read("", "x", somebody) for read in (days.first_moment, days.end, days.moment_done)] == [None] * 3


@pytest.mark.parametrize(
    ("zone", "text"),
    [("UTC", "10.3.2026"), ("UTC", "2026-02-30"), ("UTC", "soon"), ("Europe/Oslo", "0001-01-01")],
)
def test_text_that_is_no_day_is_refused_at_its_field(zone: str, text: str) -> None:
    with pytest.raises(InvalidInput, match="is no day; accepted: a day such as 2026-03-10") as refused:
        days.first_moment(text, "toDate", reader(zone))
    assert refused.value.details["field"] == "toDate"


def test_last_day_of_the_calendar_has_no_end() -> None:
    with pytest.raises(InvalidInput, match="is no day"):
        days.end("9999-12-31", "to", reader("UTC"))


def test_work_of_today_was_done_now_and_that_of_an_earlier_day_as_it_began() -> None:
    somebody = reader("Europe/Oslo")
    assert days.moment_done("2026-03-11", "dateTime", somebody) is None
    assert days.moment_done("2026-03-10", "dateTime", somebody) == datetime(2026, 3, 9, 23, tzinfo=UTC)


def test_work_of_a_day_that_has_not_come_is_refused() -> None:
    with pytest.raises(RuleViolation, match="2026-03-11 has not come yet; accepted: today or an earlier day"):
        days.moment_done("2026-03-11", "dateTime", reader("UTC"))

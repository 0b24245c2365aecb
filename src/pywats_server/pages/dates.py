"""Days, moments, spans and numbers as readers of a language write them. Everything is a pure function."""

from datetime import date, datetime, timedelta, tzinfo
from math import floor, inf
from typing import Literal

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from pywats_server.pages.languages import LOCALES, translations
from pywats_server.rules.sentences import Language

_MINUTE, _HOUR, _DAY = 60, 60 * 60, 24 * 60 * 60
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY
_Unit = Literal["minute", "hour", "day", "month", "year"]
# Up to which length a span is told in which unit. Days go far, because everything here is due in days.
_UNITS: tuple[tuple[float, _Unit, int], ...] = (
    (_HOUR, "minute", _MINUTE),
    (_DAY, "hour", _HOUR),
    (100 * _DAY, "day", _DAY),
    (2 * _YEAR, "month", _MONTH),
    (inf, "year", _YEAR),
)


def day(moment: datetime | date, language: Language, zone: tzinfo) -> str:
    """Return the day that an aware *moment* falls on in a *zone*, such as "23 Nov 2026"; a date is that day."""
    return format_date(_local(moment, zone), "medium", LOCALES[language])


def short_day(moment: datetime | date, language: Language, zone: tzinfo) -> str:
    """Return the day as `day` does, without its year: "23 Nov"."""
    return format_skeleton("MMMd", _local(moment, zone), locale=LOCALES[language])


def month(moment: datetime | date, language: Language, zone: tzinfo) -> str:
    """Return the month of a day, without its year: "Nov"."""
    return format_date(_local(moment, zone), "LLL", LOCALES[language])


def when(moment: datetime, language: Language, zone: tzinfo) -> str:
    """Return an aware *moment* by the clock of a *zone*, to the minute: "23 Nov 2026, 14:05"."""
    locale, local = LOCALES[language], _clock(moment, zone)
    pattern = str(locale.datetime_formats["medium"])
    return pattern.format(format_time(local, "short", locale=locale), format_date(local, "medium", locale))


def relative(moment: datetime, now: datetime, language: Language) -> str:
    """
    Return how far an aware *moment* is from *now*: "in 12 days", "3 hours ago", and "just now" within a minute.

    Spans are rounded down, as in the message of a status, so that nobody is told of more time than is left.
    """
    span = moment - now
    seconds = abs(span) // timedelta(seconds=1)
    if seconds < _MINUTE:
        return translations(language).gettext("just now")
    unit, length = next((unit, length) for limit, unit, length in _UNITS if seconds < limit)
    whole = timedelta(seconds=seconds // length * length)
    signed = whole if span > timedelta() else -whole
    # No length reaches the threshold from which another unit would be told.
    return format_timedelta(signed, unit, threshold=inf, add_direction=True, locale=LOCALES[language])


def number(value: float, language: Language) -> str:
    """Return a number with its digits in groups and at most three decimals: "1,234,567.25"."""
    return format_decimal(value, locale=LOCALES[language])


def percent(value: float, language: Language) -> str:
    """Return a number of *value* percent, rounded down as in the message of a status: 99.9 is "99%"."""
    return format_percent(floor(value) / 100, locale=LOCALES[language])


def _local(moment: datetime | date, zone: tzinfo) -> date:
    return _clock(moment, zone) if isinstance(moment, datetime) else moment


def _clock(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        # At either end of the calendar some zones are outside of it.
        return moment

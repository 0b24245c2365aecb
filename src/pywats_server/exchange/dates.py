"""Reads dates as people write them, and decides for a whole column whether the day or the month comes first."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from pywats_server.errors import Sentence
from pywats_server.exchange.cells import Cell, is_blank, text_of
from pywats_server.exchange.said import Unreadable
from pywats_server.instants import read_moment

FIRST_YEAR = 1900
"""An earlier year is a typing error in a list of equipment that is in use. A far one is not: 9999 means never."""


class DateOrder(StrEnum):
    """In which order a date of three numbers gives day, month and year."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"

    @property
    def in_words(self) -> Sentence:
        """How a person would say it."""
        return _IN_WORDS[self]


_IN_WORDS = {
    DateOrder.DMY: Sentence("day first"),
    DateOrder.MDY: Sentence("month first"),
    DateOrder.YMD: Sentence("year first"),
}


@dataclass(frozen=True, slots=True)
class ColumnOrder:
    """What is known of the order of a column: the order, or None, and a sentence where it had to be concluded."""

    order: DateOrder | None
    note: str = ""


Readings = Mapping[DateOrder, datetime]
"""The moments that a date of three numbers can be, by the order that it is read in."""

NO_DATE_WORDS = frozenset(
    ["initial", "never", "not required", "no calibration required", "ncr", "not due", "nie", "aldri", "entfällt"]
)
"""Words that say that there is no date, folded. `Initial`: calibrated once, when it was new."""

_CLOCK = r"(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*(am|pm)?)?"
_THREE_NUMBERS = re.compile(rf"(\d{{1,2}})([./\- ])\s?(\d{{1,2}})\2\s?(\d{{4}}|\d\d)\.?{_CLOCK}", re.IGNORECASE)
_YEAR_FIRST = re.compile(rf"(\d{{4}})([./\- ])\s?(\d{{1,2}})\2\s?(\d{{1,2}})\.?{_CLOCK}", re.IGNORECASE)
_COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)")
_DAY_NAME_YEAR = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-. /]*([^\W\d_]{3,9})[-., /]*(\d{4}|\d\d)")
_NAME_DAY_YEAR = re.compile(r"([^\W\d_]{3,9})[-. ]*(\d{1,2})(?:st|nd|rd|th)?[-., ]+(\d{4}|\d\d)")
_YEAR_NAME_DAY = re.compile(r"(\d{4})[-. /]*([^\W\d_]{3,9})[-. /]*(\d{1,2})")
_DAY_NUMBER = re.compile(r"[1-9]\d{4}")
_SPREADSHEET_DAY_ZERO = date(1899, 12, 30).toordinal()

_MONTH_NAMES = [
    ("january", "januar", "jänner"),
    ("february", "februar"),
    ("march", "märz", "mrz", "mars"),
    ("april",),
    ("may", "mai"),
    ("june", "juni"),
    ("july", "juli"),
    ("august",),
    ("september",),
    ("october", "oktober"),
    ("november",),
    ("december", "dezember", "desember"),
]
"""English, German and Norwegian; three letters or more of them are enough."""


class UnreadableDate(Unreadable):
    """A cell that is no date. The message goes on after the value and says what would be accepted."""


class AmbiguousDate(UnreadableDate):
    """A date whose order of day and month is not known."""


def read_date(cell: Cell, order: DateOrder | None) -> datetime | None:
    """
    Return the moment in *cell*, aware UTC, or None where it says that there is none (`-`, `Initial`).

    A date alone is its first moment in UTC, as everywhere in the API; a time without a zone is UTC.

    Args:
        order: Order of dates of three numbers, as `column_order` concluded or the user said; None is unknown.

    Raises:
        AmbiguousDate: The date can be read in two ways and *order* is None.
        UnreadableDate: *cell* is no date.
    """
    if says_no_date(cell):
        return None
    if isinstance(cell, date):
        return _in_range(_aware(cell))
    text = text_of(cell)
    readings = _readings(text)
    if readings:
        return _in_range(_choose(readings, order))
    return _in_range(_read_unambiguous(text))


def says_no_date(cell: Cell) -> bool:
    """Tell whether *cell* is blank or one of the words for no date."""
    return is_blank(cell) or text_of(cell).casefold() in NO_DATE_WORDS


def column_order(header: str, cells: Iterable[Cell], given: DateOrder | None) -> ColumnOrder:
    """
    Decide the order of day, month and year in the column *header* from all its values.

    An order is concluded if it is the only one that all dates of three numbers permit: 23/10/2016 proves that the day
    comes first, unless another date forbids it. Points between the numbers mean day first, unless a date forbids that.

    Args:
        given: What the user said; it decides without a note.
    """
    if given:
        return ColumnOrder(given)
    dates = {text: readings for text in map(text_of, cells) if (readings := _readings(text))}
    unclear = [text for text, readings in dates.items() if len(set(readings.values())) > 1]
    if not unclear:
        return ColumnOrder(None)
    possible = [order for order in DateOrder if all(order in readings for readings in dates.values())]
    if len(possible) == 1:
        return _proven(header, possible[0], dates)
    if DateOrder.DMY in possible and all("." in text for text in unclear):
        note = f"{header!r} is read day first (dmy), as dates with points such as {unclear[0]!r} are."
        return ColumnOrder(DateOrder.DMY, note)
    why = "nothing shows whether the day or the month comes first" if possible else "the dates do not follow one order"
    return ColumnOrder(None, f"{header!r}: {why} in dates such as {unclear[0]!r}; {_ADVICE}.")


_ADVICE = "say which order is meant: dmy, mdy or ymd"


def _proven(header: str, order: DateOrder, dates: Mapping[str, Readings]) -> ColumnOrder:
    proof = min(dates, key=lambda text: len(dates[text]))
    note = f"{header!r} is read {order.in_words} ({order}), which is the only order that fits all its dates: {proof!r}."
    return ColumnOrder(order, note)


def _readings(text: str) -> Readings:
    """Return what a date of three numbers with the year last, or of two digits, can be; empty for any other text."""
    match = _THREE_NUMBERS.fullmatch(text)
    if match is None:
        return {}
    first, _, second, third, *clock = match.groups()
    orders = {DateOrder.DMY: (third, second, first), DateOrder.MDY: (third, first, second)}
    if len(third) == 2:
        orders[DateOrder.YMD] = (first, second, third)
    readings = {order: _moment(*numbers, *clock) for order, numbers in orders.items()}
    return {order: moment for order, moment in readings.items() if moment}


def _choose(readings: Readings, order: DateOrder | None) -> datetime:
    if order is not None:
        if order in readings:
            return readings[order]
        raise UnreadableDate(
            Sentence("is no date when it is read %(how)s (%(order)s)", how=order.in_words, order=str(order))
        )
    if len(set(readings.values())) == 1:
        return next(iter(readings.values()))
    meanings = " / ".join(f"{moment:%Y-%m-%d} ({order})" for order, moment in readings.items())
    raise AmbiguousDate(Sentence("can be %(dates)s; say which order is meant: dmy, mdy or ymd", dates=meanings))


def _read_unambiguous(text: str) -> datetime:
    for pattern, parts in _PATTERNS:
        match = pattern.fullmatch(text)
        moment = match and _moment(*parts(match))
        if moment:
            return moment
    try:
        return read_moment(text)
    except ValueError:
        raise UnreadableDate(_why_unreadable(text)) from None


_PATTERNS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Sequence[str | None]]]] = [
    (_YEAR_FIRST, lambda match: (match[1], match[3], match[4], *match.groups()[4:])),
    (_COMPACT, lambda match: match.groups()),
    (_DAY_NAME_YEAR, lambda match: (match[3], _month_number(match[2]), match[1])),
    (_NAME_DAY_YEAR, lambda match: (match[3], _month_number(match[1]), match[2])),
    (_YEAR_NAME_DAY, lambda match: (match[1], _month_number(match[2]), match[3])),
]
"""Forms that can be read in one way only, and how year, month and day are taken from them."""


def _why_unreadable(text: str) -> Sentence:
    if _DAY_NUMBER.fullmatch(text):
        day = date.fromordinal(_SPREADSHEET_DAY_ZERO + int(text))
        return Sentence(
            "is a number, perhaps a spreadsheet's for %(day)s; give the column a date format and save it again",
            day=str(day),
        )
    return Sentence("is no date; write it as 2026-01-31")


def _moment(
    year: str | None,
    month: str | None,
    day: str | None,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
    half: str | None = None,
) -> datetime | None:
    """Return the moment, aware UTC, or None when there is no such date. Years of two digits lie in 1969 to 2068."""
    full_year = int(year or 0)
    if year and len(year) == 2:
        full_year += 2000 if full_year < 69 else 1900
    full_hour = int(hour or 0)
    if half:
        full_hour = full_hour % 12 + 12 * (half.casefold() == "pm")
    try:
        return datetime(
            full_year, int(month or 0), int(day or 0), full_hour, int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None


def _month_number(name: str) -> str:
    folded = name.casefold()
    for number, names in enumerate(_MONTH_NAMES, start=1):
        if any(full.startswith(folded) for full in names):
            return str(number)
    return "0"


def _aware(moment: date) -> datetime:
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _in_range(moment: datetime) -> datetime:
    if moment.year < FIRST_YEAR:
        raise UnreadableDate(Sentence("lies before %(year)s", year=FIRST_YEAR))
    return moment

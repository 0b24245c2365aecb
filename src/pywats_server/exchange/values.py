"""Reads the value of one property from one cell: None from a blank one, and a refusal from one that cannot be read."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction

from pywats.domains.asset.enums import AssetState
from pywats_server.errors import InvalidInput, Sentence
from pywats_server.exchange.cells import EXACT_DIGITS, Cell, Exact, is_blank, is_mangled, text_of
from pywats_server.exchange.properties import UNIT_WORDS, squeeze, words
from pywats_server.exchange.said import Told, Unreadable
from pywats_server.rules.intervals import LATEST_DUE
from pywats_server.rules.texts import MAX_NAME, MAX_SERIAL_NUMBER, MAX_TEXT, check_line, check_name, check_text

LONGEST_PERIOD_DAYS = 36_500
"""A hundred years: more is a typing error."""

NO_SERIAL_NUMBER = Sentence("no serial number")


class Refused(Unreadable):
    """A cell whose value cannot be taken. The message goes on after the value and says what would be accepted."""


class Unit(StrEnum):
    """Units that people give intervals in."""

    YEARS = "years"
    MONTHS = "months"
    WEEKS = "weeks"
    DAYS = "days"


UNITS = {word: Unit(unit) for unit, listed in UNIT_WORDS.items() for word in words(listed)}
"""Units by the folded words for them."""


@dataclass(frozen=True, slots=True)
class Period:
    """An interval as a list gives it: years and months follow the calendar when they are added to a date."""

    amount: Fraction
    unit: Unit

    @property
    def days(self) -> float:
        """Length in days, as an asset type keeps it: 365 to the year, whole days for years and months, rounded down."""
        if self.unit is Unit.DAYS:
            return float(self.amount)
        if self.unit is Unit.WEEKS:
            return float(self.amount * 7)
        return float(int(self.amount * (365 if self.unit is Unit.YEARS else Fraction(365, 12))))

    def after(self, moment: datetime) -> datetime:
        """
        Return *moment* plus the period, `LATEST_DUE` at most.

        The last day of a shorter month stands for a day that it does not have.
        """
        try:
            return min(self._after(moment), LATEST_DUE)
        except (ValueError, OverflowError):
            return LATEST_DUE

    def _after(self, moment: datetime) -> datetime:
        months = self.amount * 12 if self.unit is Unit.YEARS else self.amount
        if self.unit in (Unit.YEARS, Unit.MONTHS) and months.denominator == 1:
            return _add_months(moment, int(months))
        return moment + timedelta(days=self.days)


def read_serial_number(cell: Cell) -> str:
    """
    Return the serial number: 1 to 100 printable characters, in a text or a whole number.

    Raises:
        Refused: There is none (blank, `-`, `n/a`), or a spreadsheet has turned it into something else: a shortened
            number, a date, a number with more digits than it keeps.
    """
    if is_blank(cell):
        raise Refused(Sentence("stands for no serial number") if text_of(cell) else NO_SERIAL_NUMBER)
    if not isinstance(cell, str):
        return _serial_number_of_number(cell)
    if is_mangled(cell.strip()) and not isinstance(cell, Exact):
        raise Refused(
            Sentence(
                "is a number that a spreadsheet has shortened, so digits are lost; enter the serial number as text"
            )
        )
    return _checked(check_name, text_of(cell), MAX_SERIAL_NUMBER)


def read_text(cell: Cell) -> str | None:
    """Return the text of *cell*, line breaks and all."""
    return None if is_blank(cell) else _checked(check_text, text_of(cell), MAX_TEXT)


def read_line(cell: Cell, longest: int = MAX_NAME) -> str | None:
    """Return the text of *cell* as one line; a blank stands for a line break."""
    if is_blank(cell):
        return None
    return _checked(check_line, re.sub(r"\s*[\t\r\n]\s*", " ", text_of(cell)), longest)


def read_count(cell: Cell) -> int | None:
    """Return a whole number, 0 or more, without separators: 1.234 can be a thousand or one."""
    if is_blank(cell):
        return None
    text = text_of(cell)
    if isinstance(cell, bool) or not re.fullmatch(r"\d{1,18}", text):
        raise Refused(Sentence("is no whole number, 0 or more, such as 1234"))
    return int(text)


def read_limit(cell: Cell) -> int | None:
    """Return how many uses an asset of the type stands; None of -1, as types keep it, means any number."""
    return None if text_of(cell) == "-1" else read_count(cell)


def read_percent(cell: Cell) -> float | None:
    """Return a percentage, 0 or more, with or without its sign."""
    if is_blank(cell):
        return None
    match = re.fullmatch(r"(\d{1,9}(?:[.,]\d+)?)\s*%?", text_of(cell))
    if match is None or isinstance(cell, bool):
        raise Refused(Sentence("is no percentage, 0 or more, such as 75"))
    return float(match[1].replace(",", "."))


def read_state(cell: Cell) -> AssetState | None:
    """Return the state from its number (0 to 6) or its name."""
    state = _STATES.get(squeeze(text_of(cell)))
    if state is None and not is_blank(cell):
        names = ", ".join(f"{state.value} {state.name.lower().replace('_', ' ')}" for state in AssetState)
        raise Refused(Sentence("is no state; states are %(names)s", names=names))
    return state


def read_period(cell: Cell, unit: Unit | None) -> Period | None:
    """
    Return the interval, in the unit that the cell names (`2 years`, `18 mnd`), else in *unit*.

    None of 0, and of a bare number when *unit* is not known.

    In days, -1 (never due) and -2 (external) are accepted, as asset types keep them.

    Raises:
        Refused: *cell* is no number, or goes on with something that is no unit.
    """
    if is_blank(cell):
        return None
    match = re.fullmatch(r"(-?\d+(?:[.,]\d+)?)\s*([^\W\d_]*)\.?", text_of(cell))
    named = match and UNITS.get(match[2].casefold(), unit if not match[2] else None)
    if match is None or (match[2] and not named):
        raise Refused(Sentence("is no interval; write a number, or a number with years, months, weeks or days"))
    if named is None:
        return None
    amount = Fraction(match[1].replace(",", "."))
    if amount < 0 and not (named is Unit.DAYS and amount in (-1, -2)):
        raise Refused(Sentence("is no interval: it is below 0"))
    period = Period(amount, named)
    if period.days > LONGEST_PERIOD_DAYS:
        raise Refused(Sentence("is longer than %(days)s days", days=LONGEST_PERIOD_DAYS))
    return period if amount else None


def doubtful_text(text: str) -> Told | None:
    """Return what looks broken in *text*, to go on after the value, or None."""
    if is_mangled(text):
        return Told(Sentence("is a number that a spreadsheet has shortened; digits may be lost"))
    if "\N{REPLACEMENT CHARACTER}" in text:
        return Told(Sentence("has lost a character when it was saved in another encoding"))
    if _LOST_SYMBOL.search(text):
        return Told(Sentence("may have lost a character at '?', such as Ω or µ"))
    repaired = _repaired(text)
    if repaired is None:
        return None
    return Told(Sentence("was saved in a wrong encoding; it may mean %(meant)r", meant=repaired))


_LOST_SYMBOL = re.compile(r"\d\s*[kMGmnp]?\?(?=$|[\s,;)/])")


def _repaired(text: str) -> str | None:
    """Return what *text* was if it is UTF-8 that some program took for Windows-1252."""
    if text.isascii():
        return None
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _serial_number_of_number(cell: Cell) -> str:
    if isinstance(cell, bool | date | time | timedelta):
        raise Refused(
            Sentence("has been turned into a date, a time or a truth value by a spreadsheet; enter it as text")
        )
    if isinstance(cell, int | float) and abs(cell) >= 10**EXACT_DIGITS:
        raise Refused(
            Sentence(
                "is a number of more than %(digits)s digits, of which a spreadsheet loses some; enter it as text",
                digits=EXACT_DIGITS,
            )
        )
    return text_of(cell)


def _checked(check: Callable[[str, str, int], str], text: str, longest: int) -> str:
    try:
        return check(str(text), "", longest)
    except InvalidInput as error:
        raise Refused(
            Sentence(
                "cannot be taken (%(length)s characters); accepted: %(accepted)s",
                length=len(text),
                accepted=error.details["accepted"],
            )
        ) from error


def _add_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


_STATE_WORDS = {
    AssetState.UNKNOWN: "0, unknown, unbekannt, ukjent",
    AssetState.IN_OPERATION: """
        1, in operation, ok, operational, in use, active, in service, available, working, good,
        in Betrieb, im Einsatz, aktiv, verfügbar, i drift, i bruk, tilgjengelig
    """,
    AssetState.IN_TRANSIT: "2, in transit, transit, shipped, unterwegs, im Transport, under transport, i transport",
    AssetState.IN_MAINTENANCE: """
        3, in maintenance, maintenance, in repair, repair, under repair, out for repair,
        in Wartung, Wartung, in Reparatur, Reparatur, vedlikehold, under vedlikehold, til reparasjon, reparasjon
    """,
    AssetState.IN_CALIBRATION: """
        4, in calibration, calibration, out for calibration, at calibration, being calibrated,
        in Kalibrierung, Kalibrierung, under kalibrering, til kalibrering, kalibrering
    """,
    AssetState.IN_STORAGE: """
        5, in storage, storage, stored, in stock, stock, on shelf, not in use, spare,
        im Lager, Lager, eingelagert, på lager, lager
    """,
    AssetState.SCRAPPED: """
        6, scrapped, scrap, retired, disposed, decommissioned, written off, withdrawn,
        verschrottet, ausgemustert, stillgelegt, kassert, skrotet, utrangert
    """,
}
_STATES = {word: state for state, listed in _STATE_WORDS.items() for word in words(listed)}

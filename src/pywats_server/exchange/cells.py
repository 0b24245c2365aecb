"""What stands in one cell, and which texts are guarded so that neither a spreadsheet nor the import alters them."""

import re
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | date | time | timedelta
"""A CSV has texts only; a spreadsheet also has numbers (whole ones as float), dates and truth values. Empty is ""."""

GUARD = "'"

EXACT_DIGITS = 15
"""A spreadsheet keeps this many digits of a number and turns the others to zero."""

_MANGLED = re.compile(r"\d(?:[.,]\d+)?E[+-]\d{2,3}", re.IGNORECASE)
_FORMULA = re.compile(r"[=+\-@\t\r]")
_MONTH = "(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|des)[a-z]*"
_NUMBER_LIKE = re.compile(r"0\d+|\d{12,}|\d[\d.,]*[.,][\d.,]*|\d+E\d+|\d+(:\d+)+", re.IGNORECASE)
_DATE_LIKE = re.compile(
    rf"\d{{1,4}}([-/.])\d{{1,2}}(\1\d{{1,4}})?|\d{{1,2}}[-. ]*{_MONTH}|{_MONTH}[- ]?\d{{1,4}}", re.IGNORECASE
)
_STROKES = frozenset("-\u2010\u2011\u2012\u2013\u2014_.?/\\*#")
_NOTHING = frozenset(
    {"n/a", "n.a.", "n.a", "na", "#n/a", "none", "nil", "null", "not applicable", "no serial", "no s/n", "unknown"}
    | {"tbd", "tba", "keine", "ohne", "unbekannt", "k.a.", "ingen", "ukjent", "mangler", "ikke relevant"}
)


class Exact(str):
    """A text that was written with a guard: it is taken as it stands, blanks, dashes and all."""

    __slots__ = ()


class Word(str):
    """A word of a fixed vocabulary, such as a state: it is read by that, so that it needs no guard."""

    __slots__ = ()


def is_mangled(text: str) -> bool:
    """Tell a number that a spreadsheet has shortened, such as `1.00544E+11`: its digits are lost."""
    return _MANGLED.fullmatch(text) is not None


def says_nothing(text: str) -> bool:
    """Tell what people write into a cell that has no value: blanks, dashes, question marks, `n/a`, `none`."""
    bare = text.strip()
    return _STROKES.issuperset(bare) or bare.casefold() in _NOTHING


def guard(text: str, *, for_spreadsheet: bool) -> str:
    """
    Put an apostrophe before a *text* that would not survive being written and read again as it is.

    Args:
        for_spreadsheet: The file is a CSV, which a spreadsheet would read anew: guard also what that would run as a
            formula or turn into a number or a date (`00123`, `3-4`). Cells that the file marks as texts do without.
    """
    is_at_risk = _is_ambiguous(text) or (for_spreadsheet and _spreadsheet_alters(text))
    return GUARD + text if is_at_risk and not isinstance(text, Word) else text


def unguard(text: str) -> str:
    """Take off the apostrophe that `guard` puts on, and only that: `'00123` becomes the exact 00123, `'tis` stays."""
    bare = text[1:]
    if text.startswith(GUARD) and (_is_ambiguous(bare) or _spreadsheet_alters(bare)):
        return Exact(bare)
    return text


def text_of(cell: Cell) -> str:
    """Return the text that a person sees in *cell*: no blanks around it, no odd ones within, whole numbers whole."""
    if isinstance(cell, Exact):
        return cell
    if isinstance(cell, str):
        return cell.replace("\xa0", " ").strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def is_blank(cell: Cell) -> bool:
    """Tell whether *cell* gives no value."""
    return isinstance(cell, str) and not isinstance(cell, Exact) and says_nothing(cell)


def _is_ambiguous(text: str) -> bool:
    # The header of a tag whose key begins with a blank is the only text in which a blank inside counts.
    odd_start = text.startswith((GUARD, "tag: "))
    return bool(text) and (odd_start or text != text_of(text) or says_nothing(text) or is_mangled(text))


def _spreadsheet_alters(text: str) -> bool:
    return any((_FORMULA.match(text), _NUMBER_LIKE.fullmatch(text), _DATE_LIKE.fullmatch(text)))

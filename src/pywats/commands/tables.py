"""Tables of text, in columns that are as wide as what stands in them."""

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

GAP = "  "
NARROWEST = 10
"""Columns that a cell is left with, at least, when the table does not fit: a day has so many."""


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> list[list[str]]:
    """
    The cells of the headings and of each row, padded so that columns stand below each other.

    Args:
        width: Columns of the terminal, into which the table is made to fit by cutting its widest cells; None cuts none.
            The first column, which names what a row is about, stays whole.
    """
    cells = [[one_line(cell) for cell in row] for row in (headings, *rows)]
    widths = _fitting([max(map(columns, column)) for column in zip(*cells, strict=True)], width)
    return [[_padded(cell, room) for cell, room in zip(row, widths, strict=True)] for row in cells]


def one_line(text: str) -> str:
    """*text* without line breaks and without what could move the cursor of a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def columns(text: str) -> int:
    """How many columns of a terminal *text* takes: letters of East Asia take two, marks on letters none."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def _fitting(widths: list[int], width: int | None) -> list[int]:
    first, *others = widths
    room = None if width is None else width - first - len(GAP) * len(others)
    while room is not None and sum(others) > room and max(others, default=0) > NARROWEST:
        others[others.index(max(others))] -= 1
    return [first, *others]


def _padded(text: str, room: int) -> str:
    if columns(text) > room:
        text = _cut(text, room - 3) + "..."
    return text + " " * (room - columns(text))


def _cut(text: str, room: int) -> str:
    while columns(text) > room:
        text = text[:-1]
    return text

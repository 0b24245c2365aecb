"""The fonts that come along: which characters they have, and how wide a text is in them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

_FOLDER = Path(__file__).parent / "fonts"

REGULAR = "DejaVuSansCondensed"
BOLD = "DejaVuSansCondensed-Bold"
EAST_ASIAN = "DroidSansFallback"

_NO_SIGN = "□"
# How many characters are remembered: more than most factories write.
_CHARACTERS = 8192
# Letters that join or run from right to left would come out apart and in the wrong order.
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a text that one font has; `start` is where it begins, in ems from the begin of the text."""

    font: str
    text: str
    start: float


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, path_of(name))
    registerFont(font)
    return font


def path_of(name: str) -> str:
    """Return the file of a font."""
    return str(_FOLDER / f"{name}.ttf")


@lru_cache(_CHARACTERS)
def _font_of(character: str, bold: bool) -> str | None:
    """Return the first font that has *character*."""
    point = ord(character)
    names = (BOLD if bold else REGULAR, EAST_ASIAN)
    return next((name for name in names if point in _font(name).face.charToGlyph), None)


@lru_cache(_CHARACTERS)
def is_printable(character: str) -> bool:
    """Tell whether the fonts have a sign for *character* that can stand by itself."""
    return (
        _font_of(character, bold=False) is not None
        and not unicodedata.combining(character)
        and unicodedata.category(character) not in ("Cf", "Zl", "Zp")
        and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT
    )


def printable(text: str) -> str:
    """Return *text* as it can be printed: a box stands for what the fonts have no sign for."""
    return "".join(one if is_printable(one) else _NO_SIGN for one in unicodedata.normalize("NFC", text))


def spelled_out(text: str) -> str:
    """Return *text* as it can be printed: a character without a sign is told by its code point."""
    return "".join(one if is_printable(one) else f"[U+{ord(one):04X}]" for one in unicodedata.normalize("NFC", text))


def runs(text: str, bold: bool = False) -> Iterator[Run]:
    """Yield the parts of *text*, which is printable, each with its font."""
    start = 0.0
    for name, characters in groupby(text, lambda one: _font_of(one, bold) or REGULAR):
        part = "".join(characters)
        yield Run(name, part, start)
        start += width(part, bold)


def width(text: str, bold: bool = False) -> float:
    """Return how wide *text* is, in ems."""
    return sum(_advance(one, bold) for one in text)


@lru_cache(_CHARACTERS)
def _advance(character: str, bold: bool) -> float:
    face = _font(_font_of(character, bold) or REGULAR).face
    return float(face.charWidths.get(ord(character), face.defaultWidth)) / 1000

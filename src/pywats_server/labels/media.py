"""What labels are printed on: sheets, tapes and rolls. All lengths are millimetres."""

from dataclasses import dataclass
from enum import StrEnum

INCH = 25.4
A4 = (210.0, 297.0)
LETTER = (8.5 * INCH, 11 * INCH)


class Family(StrEnum):
    """How labels come out of a printer."""

    SHEET = "sheet"
    TAPE = "tape"
    ROLL = "roll"


@dataclass(frozen=True, slots=True)
class Grid:
    """
    How labels stand on a sheet.

    Attributes:
        page: Width and height of the sheet.
        columns, rows: How many labels stand beside and below each other.
        left, top: Where the first label begins.
        across, down: From the begin of a label to that of the next.
    """

    page: tuple[float, float]
    columns: int
    rows: int
    left: float
    top: float
    across: float
    down: float

    @property
    def labels(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Return the distance of a label's left upper corner from that of the sheet; *place* counts from 0, by rows."""
        row, column = divmod(place, self.columns)
        return self.left + column * self.across, self.top + row * self.down


@dataclass(frozen=True, slots=True)
class Medium:
    """
    One kind of label.

    Attributes:
        key: How addresses and forms name it.
        name: How the maker names it; people read it.
        width: None on a tape, which is cut where the text ends.
        margin: What stays empty at each edge, because labels shift or the print head does not reach it.
        grid: None where each label is a page of its own.
    """

    key: str
    name: str
    width: float | None
    height: float
    margin: float
    grid: Grid | None = None

    @property
    def family(self) -> Family:
        """How its labels come out of a printer."""
        if self.grid is not None:
            return Family.SHEET
        return Family.TAPE if self.width is None else Family.ROLL


def _a4(
    key: str, name: str, size: tuple[float, float], columns: int, rows: int, left: float, top: float, across: float
) -> Medium:
    """A sheet whose rows touch each other."""
    width, height = size
    margin = min(2.0, height / 10)
    return Medium(key, name, width, height, margin, Grid(A4, columns, rows, left, top, across, height))


def _letter(
    key: str, name: str, size: tuple[float, float], columns: int, rows: int, left: float, across: float
) -> Medium:
    """A sheet in inches, with half an inch above its first row."""
    width, height = (length * INCH for length in size)
    margin = min(2.0, height / 10)
    grid = Grid(LETTER, columns, rows, left * INCH, 0.5 * INCH, across * INCH, height)
    return Medium(key, name, width, height, margin, grid)


def _tape(width: int, printed: float) -> Medium:
    """A tape of *width*, of which the print head reaches *printed*."""
    return Medium(f"tape-{width}", f"{width} mm", None, width, (width - printed) / 2)


def _roll(key: str, name: str, width: float, height: float) -> Medium:
    return Medium(key, name, width, height, 1.5)


MEDIA: tuple[Medium, ...] = (
    # Source: the makers' templates for each product.
    _a4("avery-l7651", "Avery L7651 · 38.1 × 21.2 mm · 65", (38.1, 21.2), 5, 13, 4.75, 10.7, 40.6),
    _a4("avery-l7159", "Avery L7159 · 63.5 × 33.9 mm · 24", (63.5, 33.9), 3, 8, 7.2, 12.9, 66.05),
    _a4("avery-l7160", "Avery L7160 · 63.5 × 38.1 mm · 21", (63.5, 38.1), 3, 7, 7.2, 15.15, 66.05),
    _a4("avery-l4778", "Avery L4778, L6009 · 45.7 × 21.2 mm · 48", (45.7, 21.2), 4, 12, 9.8, 21.3, 48.24),
    _a4("avery-l4731", "Avery L4731 · 25.4 × 10 mm · 189", (25.4, 10.0), 7, 27, 8.5, 13.5, 27.93),
    _letter("avery-5160", "Avery 5160 · 2⅝ × 1 in · 30", (2.625, 1.0), 3, 10, 0.1875, 2.75),
    _letter("avery-5167", "Avery 5167 · 1¾ × ½ in · 80", (1.75, 0.5), 4, 20, 0.28125, 2.0625),
    _letter("avery-5163", "Avery 5163 · 4 × 2 in · 10", (4.0, 2.0), 2, 5, 0.15625, 4.1875),
    # Source: Brother, raster command reference: dots of 1/180 inch that the head reaches on each tape.
    _tape(6, 32 / 180 * INCH),
    _tape(9, 50 / 180 * INCH),
    _tape(12, 70 / 180 * INCH),
    _tape(18, 112 / 180 * INCH),
    _tape(24, 128 / 180 * INCH),
    _roll("roll-25x25", "25 × 25 mm", 25.0, 25.0),
    _roll("roll-38x19", "38 × 19 mm (1½ × ¾ in)", 38.1, 19.05),
    _roll("roll-51x25", "51 × 25 mm (2 × 1 in)", 50.8, 25.4),
    _roll("roll-57x32", "57 × 32 mm (2¼ × 1¼ in), Dymo 11354", 57.0, 32.0),
    _roll("roll-62x29", "62 × 29 mm, Brother DK-11209", 62.0, 29.0),
    _roll("roll-89x28", "89 × 28 mm, Dymo 99010", 89.0, 28.0),
    _roll("roll-102x51", "102 × 51 mm (4 × 2 in)", 101.6, 50.8),
)

_BY_KEY = {medium.key: medium for medium in MEDIA}


def medium_named(key: str) -> Medium | None:
    """Return the medium that a form or an address means."""
    return _BY_KEY.get(key)

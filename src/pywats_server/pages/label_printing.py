"""Labels as a file for a printer, and what there is to see of them before."""

from collections.abc import Sequence

from msgspec import Struct

from pywats_server.labels.layout import Drawing, Label, TooSmall, lay_out, length_needed
from pywats_server.labels.media import Family, Grid
from pywats_server.labels.pdf import to_pdf
from pywats_server.labels.zpl import to_zpl
from pywats_server.pages.label_choices import Choice


class File(Struct, frozen=True):
    """What goes to a printer."""

    name: str
    kind: str
    content: bytes


class Laid(Struct, frozen=True):
    """Labels as they are printed, and those that do not fit."""

    drawings: Sequence[Drawing]
    refused: Sequence[TooSmall]


def lay_all_out(labels: Sequence[Label], choice: Choice) -> Laid:
    """Lay out *labels*, all of one length on a tape."""
    dot, drawings, refused = choice.output.dot, [], []
    length = None
    if choice.medium.family is Family.TAPE:
        length = max((_length(label, choice, dot) for label in labels), default=None)
    for label in labels:
        try:
            drawings.append(lay_out(label, choice.medium, choice.kind, dot, length))
        except TooSmall as error:
            refused.append(error)
    return Laid(drawings, refused)


def _length(label: Label, choice: Choice, dot: float) -> float:
    try:
        return length_needed(label, choice.medium, choice.kind, dot)
    except TooSmall:
        return 0.0


def print_out(drawings: Sequence[Drawing], choice: Choice) -> File:
    """Return the file that prints labels; on a sheet from the first free place on."""
    if choice.output.dpi is None:
        content = to_pdf(drawings, choice.medium.grid, choice.start - 1, title=choice.medium.name)
        return File("labels.pdf", "application/pdf", content)
    text = "".join(to_zpl(drawings, choice.output.dpi))
    return File("labels.zpl", "application/zpl", text.encode())


class Place(Struct, frozen=True):
    """A label on the first sheet; `kind` is `used`, `printed` or `free`."""

    x: float
    y: float
    kind: str


def first_sheet(grid: Grid, choice: Choice, number: int) -> list[Place]:
    """Return what becomes of the places of the first sheet when *number* labels are printed."""
    first = choice.start - 1
    kinds = (
        "used" if place < first else "printed" if place < first + number else "free" for place in range(grid.labels)
    )
    return [Place(*grid.corner(place), kind) for place, kind in enumerate(kinds)]


def sheets_needed(grid: Grid, choice: Choice, number: int) -> int:
    """Return how many sheets *number* labels take."""
    return -(-(choice.start - 1 + number) // grid.labels)

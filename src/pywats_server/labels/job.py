"""Many labels at once, as one file for a printer."""

from collections.abc import Sequence
from dataclasses import dataclass

from pywats_server.labels.codes import CodeKind
from pywats_server.labels.layout import Drawing, Label, TooSmall, lay_out, length_needed
from pywats_server.labels.media import Family, Medium
from pywats_server.labels.pdf import to_pdf
from pywats_server.labels.zpl import DENSITIES, to_zpl


@dataclass(frozen=True, slots=True)
class Job:
    """
    What to print.

    Attributes:
        dpi: Of a printer that takes ZPL, 203 or 300; None for PDF.
        start: On a sheet, the first free place, from 1.
    """

    labels: Sequence[Label]
    medium: Medium
    kind: CodeKind
    dpi: int | None = None
    start: int = 1


@dataclass(frozen=True, slots=True)
class Refused:
    """A label that does not fit; `what` as in `TooSmall`."""

    serial_number: str
    what: str


@dataclass(frozen=True, slots=True)
class Laid:
    """Labels as they are printed, and those that do not fit."""

    drawings: Sequence[Drawing]
    refused: Sequence[Refused]


@dataclass(frozen=True, slots=True)
class Printed:
    """
    What became of a job.

    Attributes:
        content: The file; None when labels were refused that were not to be left out.
        number: How many labels fit.
    """

    content: bytes | None
    number: int
    refused: Sequence[Refused]


def lay_all_out(job: Job) -> Laid:
    """Lay out all labels of a job, on a tape in one length."""
    dot = 0.0 if job.dpi is None else 1 / DENSITIES[job.dpi]
    drawings, refused = [], []
    length = None
    if job.medium.family is Family.TAPE:
        length = max((_length(label, job, dot) for label in job.labels), default=None)
    for label in job.labels:
        try:
            drawings.append(lay_out(label, job.medium, job.kind, dot, length))
        except TooSmall as error:
            refused.append(Refused(error.serial_number, error.what))
    return Laid(drawings, refused)


def _length(label: Label, job: Job, dot: float) -> float:
    try:
        return length_needed(label, job.medium, job.kind, dot)
    except TooSmall:
        return 0.0


def print_out(job: Job, *, leave_out: bool) -> Printed:
    """
    Carry out a job.

    Args:
        leave_out: Print what fits when some labels do not.
    """
    laid = lay_all_out(job)
    number = len(laid.drawings)
    if not laid.drawings or (laid.refused and not leave_out):
        return Printed(None, number, laid.refused)
    return Printed(_file(laid.drawings, job), number, laid.refused)


def _file(drawings: Sequence[Drawing], job: Job) -> bytes:
    if job.dpi is None:
        return to_pdf(drawings, job.medium.grid, job.start - 1, title=job.medium.name)
    return "".join(to_zpl(drawings, job.dpi)).encode()

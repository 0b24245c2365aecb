"""The two-dimensional codes of labels, as dark and light squares."""

from dataclasses import dataclass
from enum import StrEnum

from pystrich.datamatrix import DataMatrixData, DataMatrixEncoder
from pystrich.exceptions import PyStrichInvalidInput
from pystrich.qrcode import QRCodeData, QRCodeEncoder


class CodeKind(StrEnum):
    """Which code a label has."""

    QR = "qr"
    DATA_MATRIX = "data-matrix"

    @property
    def quiet(self) -> int:
        """How many squares around the code have to stay empty. Source: ISO/IEC 18004 and 16022."""
        return 4 if self is CodeKind.QR else 1


Run = tuple[int, int, int]
"""Dark squares side by side: row, first column, number."""


@dataclass(frozen=True, slots=True)
class Code:
    """
    A code without its quiet zone.

    Attributes:
        runs: Its dark squares, row by row.
        columns, rows: How many squares it has beside and below each other.
    """

    kind: CodeKind
    runs: tuple[Run, ...]
    columns: int
    rows: int


def encode(kind: CodeKind, content: str) -> Code:
    """
    Return *content* as a square code, every character of it.

    What is not ASCII goes as UTF-8, and the code says so.
    """
    return _code(kind, _square(kind, content))


def encode_flat(content: str) -> Code | None:
    """Return *content* as a Data Matrix that is wider than high; None when it is too long for one."""
    try:
        return _code(CodeKind.DATA_MATRIX, DataMatrixEncoder(_data_matrix(content), symbol_shape="rectangular"))
    except PyStrichInvalidInput:
        return None


def _code(kind: CodeKind, encoder: DataMatrixEncoder | QRCodeEncoder) -> Code:
    marks = encoder.get_rect_marks()
    # The first square of each code is dark, so what is left of all marks is the quiet zone.
    quiet = min(x for x, *_ in marks.marks)
    runs = tuple((y - quiet, x - quiet, width) for x, y, width, _ in marks.marks)
    return Code(kind, runs, marks.width - 2 * quiet, marks.height - 2 * quiet)


def _square(kind: CodeKind, content: str) -> DataMatrixEncoder | QRCodeEncoder:
    if kind is CodeKind.QR:
        return QRCodeEncoder(QRCodeData(content, encoding="ascii" if content.isascii() else "utf-8"), ecl="M")
    return DataMatrixEncoder(_data_matrix(content))


def _data_matrix(content: str) -> DataMatrixData:
    return DataMatrixData(content, encoding="ascii" if content.isascii() else "utf-8")
